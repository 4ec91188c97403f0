/// A complete response: chunked bodies are joined, informational (1xx) responses are skipped.
package struct HTTPClientResponse: Sendable {
    package let status: Int
    /// Headers in the order received, names as the server spelled them.
    package let headers: [(String, String)]
    package let body: [UInt8]

    package init(status: Int, headers: [(String, String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first header of that name, whatever its case.
    package func header(_ name: String) -> String? {
        headers(named: name).first
    }

    /// Every header of that name, whatever its case.
    package func headers(named name: String) -> [String] {
        let wanted = name.lowercased()
        return headers.compactMap { $0.0.lowercased() == wanted ? $0.1 : nil }
    }

    /// The body as UTF-8; invalid sequences become U+FFFD.
    package var text: String { String(decoding: body, as: UTF8.self) }
}
