import Core

/// What people write about themselves: up to 500 characters, line breaks included.
package struct Biography: Hashable, Sendable {
    package let value: String

    /// - Throws: `AccountsError.invalid` for the field `bio`.
    package init(_ text: String) throws(AccountsError) {
        guard text.utf8.count <= Limits.bioBytesMax, text.count <= Limits.bioCharactersMax else {
            throw .invalid(field: "bio", reason: "must not be longer than \(Limits.bioCharactersMax) characters")
        }
        guard !text.utf8.contains(0) else { throw .invalid(field: "bio", reason: "must not contain U+0000") }
        value = text
    }
}
