import Crypto
import Foundation
import SQL

/// Makes tokens by hand, good and bad.
struct Forger {
    let keyID: String
    let secret: Data

    /// Knows the newest key of the community.
    init(_ community: Community) async throws {
        let stored = try await community.database.read { store in
            try store.first("SELECT kid, secret FROM signing_keys ORDER BY created_at DESC") {
                ($0.text(0), $0.text(1))
            }
        }
        keyID = stored?.0 ?? ""
        secret = stored.flatMap { Data(base64Encoded: $0.1) } ?? Data()
    }

    var header: [String: String] { ["alg": "HS256", "typ": "at+jwt", "kid": keyID] }

    func token(header: Any, claims: Any) throws -> String {
        let head = try Self.base64URL(JSONSerialization.data(withJSONObject: header))
        let body = try Self.base64URL(JSONSerialization.data(withJSONObject: claims))
        return "\(head).\(body)." + Self.base64URL(signature(of: "\(head).\(body)"))
    }

    func signature(of text: String) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: secret)))
    }

    static func base64URL(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// The claims of a token, unverified.
    static func claims(of token: String) throws -> [String: Any] {
        try object(token.split(separator: ".")[1])
    }

    static func header(of token: String) throws -> [String: Any] {
        try object(token.split(separator: ".")[0])
    }

    private static func object(_ part: Substring) throws -> [String: Any] {
        var text = String(part).replacing("-", with: "+").replacing("_", with: "/")
        text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        let data = Data(base64Encoded: text) ?? Data()
        return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }
}
