import Accounts

/// The body of a change to one's own account: what is absent stays, what is null is cleared.
struct ProfileChangesBody: Decodable {
    private enum Key: String, CodingKey {
        case displayName = "display_name"
        case bio
        case avatarURL = "avatar_url"
        case isPrivate = "is_private"
        case email
        case password
        case currentPassword = "current_password"
    }

    private let displayName: FieldChange<String>
    private let bio: FieldChange<String>
    private let avatarURL: FieldChange<String>
    private let isPrivate: Bool?
    private let email: String?
    private let password: String?
    private let currentPassword: String?

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        func change(_ key: Key) throws -> FieldChange<String> {
            guard container.contains(key) else { return .unchanged }
            guard let value = try container.decodeIfPresent(String.self, forKey: key) else { return .clear }
            return .set(value)
        }
        displayName = try change(.displayName)
        bio = try change(.bio)
        avatarURL = try change(.avatarURL)
        isPrivate = try container.decodeIfPresent(Bool.self, forKey: .isPrivate)
        email = try container.decodeIfPresent(String.self, forKey: .email)
        password = try container.decodeIfPresent(String.self, forKey: .password)
        currentPassword = try container.decodeIfPresent(String.self, forKey: .currentPassword)
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
