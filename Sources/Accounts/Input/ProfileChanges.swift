/// A partial update of one's own account. What is not mentioned stays.
package struct ProfileChanges: Sendable {
    /// Cleared, the display name is the username.
    package var displayName: FieldChange<DisplayName> = .unchanged
    package var bio: FieldChange<Biography> = .unchanged
    package var avatarURL: FieldChange<AvatarURL> = .unchanged
    package var isPrivate: Bool?
    /// Needs `currentPassword`; ends every other session.
    package var email: EmailAddress?
    /// Needs `currentPassword`; ends every other session.
    package var password: Password?
    package var currentPassword: String?

    package init() {}

    var needsPassword: Bool { email != nil || password != nil }
}
