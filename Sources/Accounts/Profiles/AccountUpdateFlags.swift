/// What an `accountUpdated` event tells. Raw values are stored.
package struct AccountUpdateFlags: OptionSet, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// Display name, bio or picture.
    package static let profile = Self(rawValue: 1)
    /// E-mail address or password.
    package static let credentials = Self(rawValue: 2)
    package static let becamePrivate = Self(rawValue: 4)
    package static let becamePublic = Self(rawValue: 8)
}
