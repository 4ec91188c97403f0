import HTTPTypes

/// Finds the endpoint of a request.
package struct RouteTable: Sendable {
    package enum Match: Sendable {
        case endpoint(Endpoint, parameters: [String: String])
        /// The path is known, with these methods.
        case wrongMethod(allowed: [HTTPRequest.Method])
        case none
    }

    /// The paths with parameters in the same places, by all else in them. There are few shapes and many paths.
    private struct Shape: Sendable {
        let parameterPlaces: [Int]
        var entries: [String: [Entry]] = [:]

        /// The path without what stands where parameters do.
        func literals(of path: [Substring]) -> String {
            var literals = ""
            for (place, segment) in path.enumerated() {
                literals += "/"
                if !parameterPlaces.contains(place) { literals += segment }
            }
            return literals
        }

        /// What stands in the parameters' places; nil where that is nothing, or wrongly encoded.
        func values(in path: [Substring]) -> [String]? {
            var values: [String] = []
            for place in parameterPlaces {
                guard let value = path[place].removingPercentEncodingStrictly, !value.isEmpty else { return nil }
                values.append(value)
            }
            return values
        }
    }

    private struct Entry: Sendable {
        let method: HTTPRequest.Method
        let parameterNames: [String]
        /// Its place in `endpoints`.
        let index: Int
    }

    package let endpoints: [Endpoint]
    private let bySegmentCount: [Int: [Shape]]

    package init(_ endpoints: [Endpoint]) {
        self.endpoints = endpoints
        var bySegmentCount: [Int: [Shape]] = [:]
        for (index, endpoint) in endpoints.enumerated() {
            let path = Self.segments(of: endpoint.path)
            let places = path.indices.filter { path[$0].first == "{" }
            let entry = Entry(
                method: endpoint.method, parameterNames: places.map { String(path[$0].dropFirst().dropLast()) },
                index: index)
            var shapes = bySegmentCount[path.count] ?? []
            let known = shapes.firstIndex { $0.parameterPlaces == places }
            if known == nil { shapes.append(Shape(parameterPlaces: places)) }
            let place = known ?? shapes.count - 1
            shapes[place].entries[shapes[place].literals(of: path), default: []].append(entry)
            bySegmentCount[path.count] = shapes
        }
        // Literal segments win over parameters: `/v1/users/register` before `/v1/users/{id}`.
        self.bySegmentCount = bySegmentCount.mapValues { shapes in
            shapes.sorted { $0.parameterPlaces.count < $1.parameterPlaces.count }
        }
    }

    package func match(_ method: HTTPRequest.Method, _ path: String) -> Match {
        let segments = Self.segments(of: path)
        let method = method == .head ? .get : method
        var allowed: [HTTPRequest.Method] = []
        for shape in bySegmentCount[segments.count] ?? [] {
            guard let entries = shape.entries[shape.literals(of: segments)], let values = shape.values(in: segments)
            else { continue }
            for entry in entries {
                guard entry.method != method else {
                    let parameters = zip(entry.parameterNames, values)
                    return .endpoint(
                        endpoints[entry.index], parameters: Dictionary(parameters) { _, last in last })
                }
                allowed.append(entry.method)
            }
        }
        guard !allowed.isEmpty else { return .none }
        if allowed.contains(.get) { allowed.append(.head) }
        return .wrongMethod(allowed: allowed)
    }

    private static func segments(of path: String) -> [Substring] {
        path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    }
}
