/// The routes that can be answered from memory, matched on bytes.
struct FrontRoutes: Sendable {
    final class Route: Sendable {
        let endpoint: Endpoint
        let warm: Endpoint.WarmHandler
        /// What stands before the parameter, or the whole path.
        let prefix: [UInt8]
        /// The name of the parameter and what follows it.
        let parameter: (name: String, suffix: [UInt8])?

        init?(_ endpoint: Endpoint) {
            guard let warm = endpoint.warm else { return nil }
            self.endpoint = endpoint
            self.warm = warm
            let path = endpoint.path
            guard let open = path.firstIndex(of: "{"), let close = path.firstIndex(of: "}") else {
                prefix = Array(path.utf8)
                parameter = nil
                return
            }
            prefix = Array(path[..<open].utf8)
            let suffix = Array(path[path.index(after: close)...].utf8)
            parameter = (String(path[path.index(after: open)..<close]), suffix)
        }

        /// The parameters of a path that this route matches.
        func parameters(of path: UnsafeRawBufferPointer) -> [String: String]? {
            guard path.count >= prefix.count,
                UnsafeRawBufferPointer(rebasing: path[..<prefix.count]).isEqual(to: prefix)
            else { return nil }
            let rest = UnsafeRawBufferPointer(rebasing: path[prefix.count...])
            guard let parameter else { return rest.isEmpty ? [:] : nil }
            let valueCount = rest.count - parameter.suffix.count
            guard valueCount > 0, rest[valueCount...].elementsEqual(parameter.suffix) else { return nil }
            let value = rest[..<valueCount]
            guard !value.contains(UInt8(ascii: "/")) else { return nil }
            return [parameter.name: String(decoding: value, as: UTF8.self)]
        }
    }

    private let routes: [Route]

    init(_ endpoints: [Endpoint]) {
        routes = endpoints.compactMap(Route.init)
    }

    func match(_ path: UnsafeRawBufferPointer) -> (route: Route, parameters: [String: String])? {
        for route in routes {
            if let parameters = route.parameters(of: path) { return (route, parameters) }
        }
        return nil
    }
}
