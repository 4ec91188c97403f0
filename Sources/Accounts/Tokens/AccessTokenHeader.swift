import Core
import Foundation

/// The only header an access token may have: `alg`, `typ` and `kid`, nothing more.
///
/// It is read before any key is touched, so that a token has no say in how it is verified
/// (https://www.rfc-editor.org/rfc/rfc8725#section-3.1).
struct AccessTokenHeader {
    static let algorithm = "HS256"
    static let type = "at+jwt"

    let keyID: String

    /// - Throws: `AccountsError.unauthenticated` for anything but three parts of canonical base 64 with such a header.
    init(ofToken token: String) throws(AccountsError) {
        guard token.utf8.count <= Limits.accessTokenBytesMax else { throw .unauthenticated(.malformed) }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0]), Base64URL.decode(parts[1]) != nil,
            Base64URL.decode(parts[2])?.isEmpty == false
        else { throw .unauthenticated(.malformed) }
        guard let fields = try? JSONDecoder().decode([String: String].self, from: Data(header)),
            fields.count == 3, fields["alg"] == Self.algorithm, fields["typ"] == Self.type, let keyID = fields["kid"]
        else { throw .unauthenticated(.malformed) }
        self.keyID = keyID
    }
}
