import Core
import Foundation
import JWTKit
import SQL

/// A secret that access tokens are signed with. A retired one only verifies.
struct SigningKey: Sendable {
    private static let secretBytes = 32

    let id: String
    let secret: [UInt8]
    /// Milliseconds since 1970.
    let createdAt: Int64
    let retiredAt: Int64?

    static func generated(at now: Int64) -> SigningKey {
        SigningKey(
            id: Base64URL.encode(SecureRandom.bytes(9)), secret: SecureRandom.bytes(secretBytes), createdAt: now,
            retiredAt: nil)
    }
}

/// The rows of `signing_keys`.
extension SigningKey {
    /// The newest first.
    static func all(_ store: any SQLReader) throws -> [SigningKey] {
        try store.query(
            "SELECT kid, secret, created_at, retired_at FROM signing_keys ORDER BY created_at DESC, kid", []
        ) { row in
            guard let secret = Data(base64Encoded: row.text(1)), secret.count == secretBytes else {
                throw SQLError(.other, "signing key \(row.text(0)) is damaged: rotate the keys")
            }
            return SigningKey(
                id: row.text(0), secret: [UInt8](secret), createdAt: row.int64(2), retiredAt: row.optionalInt64(3))
        }
    }

    func insert(in store: any SQLWriter) throws {
        try store.execute(
            "INSERT INTO signing_keys (kid, secret, created_at, retired_at) VALUES ($1, $2, $3, $4)",
            [.text(id), .text(Data(secret).base64EncodedString()), .integer(createdAt), .integer(retiredAt)])
    }

    static func retireAll(at now: Int64, in store: any SQLWriter) throws {
        try store.execute("UPDATE signing_keys SET retired_at = $1 WHERE retired_at IS NULL", [.integer(now)])
    }

    /// - Returns: the number of keys removed.
    static func removeRetired(before moment: Int64, in store: any SQLWriter) throws -> Int {
        try store.execute("DELETE FROM signing_keys WHERE retired_at < $1", [.integer(moment)])
    }
}
