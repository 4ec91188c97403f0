import Core
import Text

/// A name in the form it is stored in: 2 to 30 of `[a-z0-9_]`.
package struct Username: Hashable, Sendable, CustomStringConvertible {
    package let value: String

    /// Lowercases ASCII letters and accepts nothing beyond letters, digits and underscores.
    /// - Throws: `AccountsError.invalid` for the field `username`.
    package init(_ text: String) throws(AccountsError) {
        guard Limits.usernameLength.contains(text.utf8.count) else {
            throw .invalid(
                field: "username",
                reason:
                    "must have \(Limits.usernameLength.lowerBound) to \(Limits.usernameLength.upperBound) characters")
        }
        guard text.utf8.allSatisfy(Self.isAllowed) else {
            throw .invalid(field: "username", reason: "must consist of letters a to z, digits and underscores")
        }
        value = text.lowercased()
    }

    package var description: String { value }

    /// Equal for names that a reader would take for each other.
    var skeleton: String { Confusables.skeleton(of: value) }

    /// The partition of the account with this name.
    var bucket: Int { Bucket.of(value) }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
