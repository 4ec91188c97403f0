import Core

extension AccountRow {
    func applying(_ changes: ProfileChanges, newPasswordHash: String?) -> AccountRow {
        var row = self
        row.displayName = changes.displayName.applied(to: displayName, cleared: username) { $0.value }
        row.bio = changes.bio.applied(to: bio, cleared: "") { $0.value }
        row.avatarURL = changes.avatarURL.applied(to: avatarURL, cleared: nil) { $0.value }
        row.isPrivate = changes.isPrivate ?? isPrivate
        row.email = changes.email?.value ?? email
        row.emailKey = changes.email?.key ?? emailKey
        row.passwordHash = newPasswordHash ?? passwordHash
        return row
    }

    /// Whether the profiles are the same bytes; strings are equal already when they look equal.
    func hasProfile(of other: AccountRow) -> Bool {
        displayName.utf8.elementsEqual(other.displayName.utf8) && bio.utf8.elementsEqual(other.bio.utf8)
            && avatarURL == other.avatarURL
    }

    /// Removes everything personal but the username, which is never given to anyone else.
    mutating func erase() {
        state = .deleted
        email = nil
        emailKey = nil
        passwordHash = nil
        displayName = ""
        bio = ""
        avatarURL = nil
    }
}

extension AccountUpdateFlags {
    init(_ before: AccountRow, _ after: AccountRow) {
        self = []
        if !after.hasProfile(of: before) { insert(.profile) }
        if before.email != after.email || before.passwordHash != after.passwordHash { insert(.credentials) }
        if !before.isPrivate, after.isPrivate { insert(.becamePrivate) }
        if before.isPrivate, !after.isPrivate { insert(.becamePublic) }
    }
}
