import HTTPTypes

/// Which pages may open streams.
///
/// Browsers say in `Origin` which page asks, and let any page open a WebSocket; programs that are no browsers do not send it.
package struct StreamOrigins: Sendable {
    /// What is no origin.
    package struct Malformed: Error {
        package let text: String
    }

    private let known: Set<String>
    private let admitsAll: Bool

    /// - Parameter texts: origins such as `https://app.example.com`, or `*` for every one. The server's own needs no mention.
    package init(_ texts: [String]) throws(Malformed) {
        for text in texts where text != "*" {
            guard let host = Self.host(of: text), !host.isEmpty, !host.contains("/") else {
                throw Malformed(text: text)
            }
        }
        known = Set(texts.map { $0.lowercased() })
        admitsAll = known.contains("*")
    }

    /// The server's own pages alone.
    package static let own = StreamOrigins()

    private init() {
        known = []
        admitsAll = false
    }

    func admits(_ request: APIRequest) -> Bool {
        guard let origin = request.headers[.origin]?.lowercased(), !admitsAll, !known.contains(origin) else {
            return true
        }
        guard let host = Self.host(of: origin) else { return false }
        return host == request.authority?.lowercased()
    }

    /// The host and port of an origin; nil for `null` and whatever else is no address of a page.
    private static func host(of origin: String) -> String? {
        for scheme in ["https://", "http://"] where origin.hasPrefix(scheme) {
            return String(origin.dropFirst(scheme.count))
        }
        return nil
    }
}

extension HTTPField.Name {
    fileprivate static let origin = HTTPField.Name("Origin") ?? .retryAfter
}
