import Core
import Crypto

/// An opaque secret that can be exchanged, once, for new tokens. Only its hash is stored.
struct RefreshToken: Sendable {
    private static let prefix = "sr_"
    private static let secretBytes = 32

    let text: String

    static func generated() -> RefreshToken {
        RefreshToken(text: prefix + Base64URL.encode(SecureRandom.bytes(secretBytes)))
    }

    private init(text: String) {
        self.text = text
    }

    /// Nil for what cannot be a refresh token.
    init?(_ text: String) {
        guard text.utf8.count <= Limits.refreshTokenBytesMax, text.hasPrefix(Self.prefix),
            Base64URL.decode(text.dropFirst(Self.prefix.count))?.count == Self.secretBytes
        else { return nil }
        self.text = text
    }

    /// SHA-256 in hexadecimal; no salt is needed for 256 random bits.
    var hash: String {
        let digits = Array("0123456789abcdef".utf8)
        let hexadecimal = SHA256.hash(data: Array(text.utf8)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: hexadecimal, as: UTF8.self)
    }
}
