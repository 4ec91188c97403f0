/// `redis://[user[:password]@]host[:port][,host[:port]…][/database]`, or `rediss://` for TLS.
///
/// Several hosts are the seeds of a cluster. Users and passwords may be percent-encoded.
package struct RedisURL: Sendable, Hashable {
    package let seeds: [RedisAddress]
    package let isTLS: Bool
    package let user: String?
    package let password: String?
    package let database: Int

    /// - Throws: `RedisError` with the code `invalidSetting`; its text has no password.
    package init(_ text: String) throws {
        isTLS = text.hasPrefix("rediss://")
        guard isTLS || text.hasPrefix("redis://") else { throw Self.invalid("redis:// or rediss:// is missing") }
        var rest = text.dropFirst(isTLS ? 9 : 8)
        (user, password) = try Self.credentials(&rest)
        database = try Self.database(&rest)
        seeds = try rest.split(separator: ",", omittingEmptySubsequences: false).map { seed in
            guard let address = RedisAddress(seed, defaultPort: 6_379) else {
                throw Self.invalid("\(seed) is not a host and port")
            }
            return address
        }
        guard seeds.count == 1 || database == 0 else { throw Self.invalid("a cluster has the database 0 only") }
    }

    private static func credentials(_ rest: inout Substring) throws -> (user: String?, password: String?) {
        guard let at = rest.lastIndex(of: "@") else { return (nil, nil) }
        let parts = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        rest = rest[rest.index(after: at)...]
        let decoded = try parts.map { part in
            guard let text = percentDecoded(part) else { throw invalid("the password is not percent-encoded UTF-8") }
            return text
        }
        guard decoded.count == 2 else { throw invalid("a user without a password; write user:password@ or :password@") }
        return (decoded[0].isEmpty ? nil : decoded[0], decoded[1])
    }

    private static func database(_ rest: inout Substring) throws -> Int {
        guard let slash = rest.firstIndex(of: "/") else { return 0 }
        let text = rest[rest.index(after: slash)...]
        rest = rest[..<slash]
        if text.isEmpty { return 0 }
        guard let number = Int(text), (0...65_535).contains(number) else {
            throw invalid("\(text) is not the number of a database")
        }
        return number
    }

    private static func percentDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexValue), let low = rest.popFirst().flatMap(hexValue) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
    }

    private static func invalid(_ detail: String) -> RedisError {
        RedisError(.invalidSetting, "the Redis URL: \(detail)")
    }
}
