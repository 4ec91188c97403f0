import Core

/// The name people see: one line, up to 50 characters, without space around it and without what cannot be seen.
package struct DisplayName: Hashable, Sendable {
    package let value: String

    /// - Throws: `AccountsError.invalid` for the field `display_name`.
    package init(_ text: String) throws(AccountsError) {
        let trimmed = Self.trimmed(text)
        guard !trimmed.isEmpty else { throw .invalid(field: "display_name", reason: "must not be empty") }
        guard trimmed.count <= Limits.displayNameCharactersMax, trimmed.utf8.count <= Limits.displayNameBytesMax
        else {
            throw .invalid(
                field: "display_name",
                reason: "must not be longer than \(Limits.displayNameCharactersMax) characters")
        }
        guard !trimmed.unicodeScalars.contains(where: Self.breaksLine) else {
            throw .invalid(field: "display_name", reason: "must not contain control characters or line breaks")
        }
        guard !DeceivingCharacters.areIn(trimmed) else {
            throw .invalid(
                field: "display_name",
                reason: "must not contain characters that cannot be seen or that change the direction of text")
        }
        value = trimmed
    }

    /// A name from elsewhere, without what deceives.
    package init(cleaned text: String) throws(AccountsError) {
        try self.init(DeceivingCharacters.removed(from: text))
    }

    /// The default.
    package init(_ username: Username) {
        value = username.value
    }

    /// Scalar by scalar: a mark that stands on a space would otherwise go with it.
    private static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let isText = { (scalar: Unicode.Scalar) in !scalar.properties.isWhitespace }
        guard let first = scalars.firstIndex(where: isText), let last = scalars.lastIndex(where: isText) else {
            return ""
        }
        return String(scalars[first...last])
    }

    private static func breaksLine(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
