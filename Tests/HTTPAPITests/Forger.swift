import Crypto
import Foundation

/// Makes tokens that say what a good one says.
struct Forger {
    private let header: [String: Any]
    private let claims: [String: Any]

    /// - Parameter token: a good one.
    init(_ token: String) throws {
        let parts = token.split(separator: ".")
        header = try Self.object(parts[0])
        claims = try Self.object(parts[1])
    }

    func signed(with secret: String) throws -> String {
        let text = try Self.base64URL(header) + "." + Self.base64URL(claims)
        let key = SymmetricKey(data: Data(secret.utf8))
        let signature = Data(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key))
        return "\(text).\(Self.base64URL(signature))"
    }

    func unsigned(_ algorithm: String = "none", signature: String = "") throws -> String {
        var header = header
        header["alg"] = algorithm
        return try Self.base64URL(header) + "." + Self.base64URL(claims) + ".\(signature)"
    }

    private static func base64URL(_ object: [String: Any]) throws -> String {
        base64URL(try JSONSerialization.data(withJSONObject: object))
    }

    static func base64URL(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static func object(_ part: Substring) throws -> [String: Any] {
        var text = String(part).replacing("-", with: "+").replacing("_", with: "/")
        text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        let object = try JSONSerialization.jsonObject(with: Data(base64Encoded: text) ?? Data())
        return object as? [String: Any] ?? [:]
    }
}
