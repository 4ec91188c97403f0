import Core

/// An address of the form browsers accept in `<input type=email>`
/// (https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address).
package struct EmailAddress: Hashable, Sendable {
    /// As the person wrote it.
    package let value: String
    /// In lower case: no two accounts share one.
    package let key: String

    private static let labelLength = 1...63
    private static let localPartLength = 1...64

    /// - Throws: `AccountsError.invalid` for the field `email`.
    package init(_ text: String) throws(AccountsError) {
        guard text.utf8.count <= Limits.emailBytesMax else {
            throw .invalid(field: "email", reason: "must not be longer than \(Limits.emailBytesMax) bytes")
        }
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, Self.localPartLength.contains(parts[0].count), parts[0].allSatisfy(Self.isLocal),
            Self.isDomain(parts[1])
        else { throw .invalid(field: "email", reason: "must be an e-mail address such as name@example.org") }
        value = text
        key = text.lowercased()
    }

    private static func isDomain(_ domain: Substring.UTF8View) -> Bool {
        domain.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            labelLength.contains(label.count) && label.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
                && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
        }
    }

    private static func isLocal(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || ".!#$%&'*+/=?^_`{|}~-".utf8.contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
