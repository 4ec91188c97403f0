import JWTKit

/// The keys of one moment: all verify, the newest that is not retired signs.
struct KeyRing: Sendable {
    let keys: JWTKeyCollection
    let ids: Set<String>
    let signingID: String?

    /// - Parameter stored: the newest first.
    init(_ stored: [SigningKey]) async {
        keys = JWTKeyCollection()
        for key in stored {
            await keys.add(
                hmac: HMACKey(from: key.secret), digestAlgorithm: .sha256, kid: JWKIdentifier(string: key.id))
        }
        ids = Set(stored.map(\.id))
        signingID = stored.first { $0.retiredAt == nil }?.id
    }
}
