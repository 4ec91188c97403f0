import Core
import Foundation

/// An absolute `http` or `https` URL of a picture.
package struct AvatarURL: Hashable, Sendable {
    package let value: String

    /// - Throws: `AccountsError.invalid` for the field `avatar_url`.
    package init(_ text: String) throws(AccountsError) {
        guard text.utf8.count <= Limits.avatarURLBytesMax else {
            throw .invalid(
                field: "avatar_url", reason: "must not be longer than \(Limits.avatarURLBytesMax) bytes")
        }
        // RFC 3986 knows only visible ASCII; the parser is more lenient.
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let url = URLComponents(string: text, encodingInvalidCharacters: false)
        else { throw .invalid(field: "avatar_url", reason: "must be a URL") }
        guard let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme) else {
            throw .invalid(field: "avatar_url", reason: "must begin with http:// or https://")
        }
        guard let host = url.encodedHost, !host.isEmpty, (0...65_535).contains(url.port ?? 0) else {
            throw .invalid(field: "avatar_url", reason: "must name a host")
        }
        guard url.percentEncodedUser == nil, url.percentEncodedPassword == nil else {
            throw .invalid(field: "avatar_url", reason: "must not contain a user name or password")
        }
        value = text
    }
}
