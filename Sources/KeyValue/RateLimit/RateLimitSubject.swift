import Core
import Crypto

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Whom a rate limit counts: a user, an address, or another name.
package struct RateLimitSubject: Hashable, Sendable {
    private enum Storage: Hashable {
        case user(Int64)
        case ipv4(UInt32)
        /// The first 64 bits: what one subscriber is given, so that changing the rest buys nothing.
        case ipv6Network(UInt64)
        case name(String)
    }

    private let storage: Storage

    package static func user(_ id: Int64) -> Self {
        Self(storage: .user(id))
    }

    /// The same in every process: to be stored, or sent to Redis. A name may be somebody's address, so who stores it hashes it.
    package var text: String {
        switch storage {
        case .user(let id): "u\(id)"
        case .ipv4(let address): "4\(address)"
        case .ipv6Network(let network): "6\(network)"
        case .name(let name): "n\(name)"
        }
    }

    /// A name of the subject that is the same in every process and does not tell who it is, but for an account's id: 32
    /// digits of a hash.
    package var pseudonym: String {
        if case .user = storage { return text }
        return hashedText
    }

    /// 32 hexadecimal digits of a hash, for all kinds of subjects.
    package var hashedText: String {
        let digits = Array("0123456789abcdef".utf8)
        let bytes = SHA256.hash(data: Array(text.utf8)).prefix(16)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The part of a name past `Limits.rateLimitSubjectBytesMax` does not count.
    package static func name(_ name: String) -> Self {
        guard name.utf8.count > Limits.rateLimitSubjectBytesMax else { return Self(storage: .name(name)) }
        return Self(storage: .name(String(decoding: name.utf8.prefix(Limits.rateLimitSubjectBytesMax), as: UTF8.self)))
    }

    /// An IPv4 or IPv6 address in text form; what is neither counts as a name.
    /// IPv6 addresses of one /64 are one subject; IPv4-mapped ones are the IPv4 address.
    package static func address(_ text: String) -> Self {
        var ipv4 = in_addr()
        if inet_pton(AF_INET, text, &ipv4) == 1 { return Self(storage: .ipv4(UInt32(bigEndian: ipv4.s_addr))) }
        var ipv6 = in6_addr()
        let withoutZone = text.prefix { $0 != "%" }
        guard inet_pton(AF_INET6, String(withoutZone), &ipv6) == 1 else { return name(text) }
        let (network, host) = withUnsafeBytes(of: &ipv6) { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        let isMapped = network == 0 && host >> 32 == 0xFFFF
        return Self(storage: isMapped ? .ipv4(UInt32(truncatingIfNeeded: host)) : .ipv6Network(network))
    }
}
