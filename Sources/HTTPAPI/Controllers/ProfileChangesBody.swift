import Accounts

/// The body of a change to one's own account: what is absent stays, what is null is cleared.
struct ProfileChangesBody: JSONReadable {
    static let fieldNames = [
        "display_name", "bio", "avatar_url", "is_private", "email", "password", "current_password",
    ]

    private let displayName: FieldChange<String>
    private let bio: FieldChange<String>
    private let avatarURL: FieldChange<String>
    private let isPrivate: Bool?
    private let email: String?
    private let password: String?
    private let currentPassword: String?

    init(_ fields: JSONFields) throws {
        displayName = try fields.change("display_name")
        bio = try fields.change("bio")
        avatarURL = try fields.change("avatar_url")
        isPrivate = try fields.optionalFlag("is_private")
        email = try fields.optionalString("email")
        password = try fields.optionalString("password")
        currentPassword = try fields.optionalString("current_password")
    }

    /// - Throws: `AccountsError.invalid`.
    func changes() throws -> ProfileChanges {
        var changes = ProfileChanges()
        changes.displayName = try displayName.map { try DisplayName($0) }
        changes.bio = try bio.map { try Biography($0) }
        changes.avatarURL = try avatarURL.map { try AvatarURL($0) }
        changes.isPrivate = isPrivate
        changes.email = try email.map { try EmailAddress($0) }
        changes.password = try password.map { try Password($0) }
        changes.currentPassword = currentPassword
        return changes
    }
}

extension FieldChange {
    fileprivate func map<Other>(_ transform: (Value) throws -> Other) rethrows -> FieldChange<Other> {
        switch self {
        case .unchanged: .unchanged
        case .set(let value): .set(try transform(value))
        case .clear: .clear
        }
    }
}
