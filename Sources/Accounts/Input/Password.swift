import Core

/// A password that may be set. It prints as nothing, lest it end up in a log.
package struct Password: Sendable, CustomStringConvertible, CustomReflectable {
    let value: String

    /// - Throws: `AccountsError.invalid` for the field `password`.
    package init(_ text: String) throws(AccountsError) {
        guard text.count >= Limits.passwordCharactersMin else {
            throw .invalid(
                field: "password", reason: "must have at least \(Limits.passwordCharactersMin) characters")
        }
        guard text.utf8.count <= Limits.passwordBytesMax else {
            throw .invalid(field: "password", reason: "must not be longer than \(Limits.passwordBytesMax) bytes")
        }
        guard !text.utf8.contains(0) else {
            throw .invalid(field: "password", reason: "must not contain U+0000")
        }
        value = text
    }

    package var description: String { "[password]" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
