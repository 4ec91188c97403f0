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
        let isProfileSame =
            before.displayName == after.displayName && before.bio == after.bio && before.avatarURL == after.avatarURL
        if !isProfileSame { insert(.profile) }
        if before.email != after.email || before.passwordHash != after.passwordHash { insert(.credentials) }
        if !before.isPrivate, after.isPrivate { insert(.becamePrivate) }
        if before.isPrivate, !after.isPrivate { insert(.becamePublic) }
    }
}
