/// Where one Redis server listens.
package struct RedisAddress: Hashable, Sendable, CustomStringConvertible {
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port`, `[v6]:port` or `host`. In a cluster's answers an IPv6 address has no brackets.
    /// - Parameter defaultPort: nil if the port must be there.
    init?(_ text: Substring, defaultPort: Int?) {
        if text.hasPrefix("["), let bracket = text.firstIndex(of: "]") {
            let rest = text[text.index(after: bracket)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            self.init(host: text[text.index(after: text.startIndex)..<bracket], rest.dropFirst(), defaultPort)
        } else if let colon = text.lastIndex(of: ":") {
            self.init(host: text[..<colon], text[text.index(after: colon)...], defaultPort)
        } else {
            self.init(host: text, "", defaultPort)
        }
    }

    private init?(host: Substring, _ portText: Substring, _ defaultPort: Int?) {
        guard !host.isEmpty, let port = portText.isEmpty ? defaultPort : Int(portText), (1...65_535).contains(port)
        else { return nil }
        self.init(host: String(host), port: port)
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
