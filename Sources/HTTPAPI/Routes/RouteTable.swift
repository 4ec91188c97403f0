import HTTPTypes

/// Finds the endpoint of a request.
package struct RouteTable: Sendable {
    package enum Match: Sendable {
        case endpoint(Endpoint, parameters: [String: String])
        /// The path is known, with these methods.
        case wrongMethod(allowed: [HTTPRequest.Method])
        case none
    }

    private struct Entry: Sendable {
        let segments: [Substring]
        let endpoint: Endpoint

        func parameters(for path: [Substring]) -> [String: String]? {
            var found: [String: String] = [:]
            for (pattern, segment) in zip(segments, path) {
                if pattern.first == "{" {
                    guard let value = segment.removingPercentEncodingStrictly, !value.isEmpty else { return nil }
                    found[String(pattern.dropFirst().dropLast())] = value
                } else if pattern != segment {
                    return nil
                }
            }
            return found
        }

        var literalCount: Int { segments.count { $0.first != "{" } }
    }

    package let endpoints: [Endpoint]
    private let bySegmentCount: [Int: [Entry]]

    package init(_ endpoints: [Endpoint]) {
        self.endpoints = endpoints
        let entries = endpoints.map { Entry(segments: Self.segments(of: $0.path), endpoint: $0) }
        // Literal segments win over parameters: `/v1/users/register` before `/v1/users/{id}`.
        bySegmentCount = Dictionary(grouping: entries) { $0.segments.count }
            .mapValues { $0.sorted { $0.literalCount > $1.literalCount } }
    }

    package func match(_ method: HTTPRequest.Method, _ path: String) -> Match {
        let segments = Self.segments(of: path)
        let method = method == .head ? .get : method
        var allowed: [HTTPRequest.Method] = []
        for entry in bySegmentCount[segments.count] ?? [] {
            guard let parameters = entry.parameters(for: segments) else { continue }
            guard entry.endpoint.method != method else {
                return .endpoint(entry.endpoint, parameters: parameters)
            }
            allowed.append(entry.endpoint.method)
        }
        guard !allowed.isEmpty else { return .none }
        if allowed.contains(.get) { allowed.append(.head) }
        return .wrongMethod(allowed: allowed)
    }

    private static func segments(of path: String) -> [Substring] {
        path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    }
}
