import Crypto

/// A Lua script: named by its hash, sent whole only to a node that does not know it.
package struct RedisScript: Sendable, Hashable {
    package let source: String
    /// The SHA-1 of the source in hexadecimal, as Redis names it.
    package let hash: String

    package init(_ source: String) {
        self.source = source
        let digits = Array("0123456789abcdef".utf8)
        let digest = Insecure.SHA1.hash(data: Array(source.utf8))
        hash = String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
