#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Whose `X-Forwarded-For` is believed: networks in CIDR notation.
package struct TrustedProxies: Sendable {
    private struct Network: Sendable {
        let bytes: [UInt8]
        let prefix: Int

        func contains(_ address: [UInt8]) -> Bool {
            guard address.count == bytes.count else { return false }
            let whole = prefix / 8
            guard address[..<whole] == bytes[..<whole] else { return false }
            let rest = prefix % 8
            guard rest > 0 else { return true }
            let mask = UInt8(truncatingIfNeeded: 0xFF << (8 - rest))
            return address[whole] & mask == bytes[whole] & mask
        }
    }

    package struct Malformed: Error {
        package let text: String
    }

    private let networks: [Network]

    package init() {
        networks = []
    }

    /// - Parameter list: addresses or networks, such as `10.0.0.0/8` or `::1`.
    /// - Throws: `Malformed` with the first one that is neither.
    package init(_ list: [String]) throws(Malformed) {
        var networks: [Network] = []
        for text in list {
            let parts = text.split(separator: "/", maxSplits: 1)
            guard let first = parts.first, let bytes = Self.bytes(of: String(first)) else {
                throw Malformed(text: text)
            }
            let prefix = parts.count > 1 ? Int(parts[1]) : bytes.count * 8
            guard let prefix, (0...bytes.count * 8).contains(prefix) else { throw Malformed(text: text) }
            networks.append(Network(bytes: bytes, prefix: prefix))
        }
        self.networks = networks
    }

    /// The client's address: the last one in the chain that is no trusted proxy.
    package func client(peer: String, forwardedFor: String?) -> String {
        guard let forwardedFor, isTrusted(peer) else { return peer }
        var client = peer
        for hop in forwardedFor.split(separator: ",").reversed() {
            let text = hop.filter { $0 != " " && $0 != "\t" }
            guard Self.bytes(of: text) != nil else { return client }
            client = text
            guard isTrusted(text) else { return client }
        }
        return client
    }

    private func isTrusted(_ text: String) -> Bool {
        guard let address = Self.bytes(of: text) else { return false }
        return networks.contains { $0.contains(address) }
    }

    private static func bytes(of text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var six = in6_addr()
        if inet_pton(AF_INET6, text, &six) == 1 { return withUnsafeBytes(of: &six) { Array($0) } }
        return nil
    }
}
