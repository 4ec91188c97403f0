import Core
import SQL

/// What registration and administration share.
extension AccountService {
    func newRow(
        _ username: Username, email: EmailAddress?, password: Password?, displayName: DisplayName? = nil,
        isActiveNow: Bool
    ) async throws -> AccountRow {
        // Asked again by the constraints; asked here to spare the hash.
        if let conflict = try await database.read({ try AccountRow.conflict(username: username, email: email, $0) }) {
            throw conflict
        }
        let hash: String? = if let password { try await hasher.hash(password) } else { nil }
        let now = clock.now()
        return AccountRow(
            id: try await ids.next(bucket: username.bucket), username: username.value, email: email?.value,
            emailKey: email?.key, passwordHash: hash, displayName: (displayName ?? DisplayName(username)).value,
            createdAt: now, lastActiveAt: isActiveNow ? now : nil)
    }

    /// Stores a new account, together with `more`.
    func create(_ row: AccountRow, with more: [Statement] = []) async throws {
        let username = try Username(row.username)
        let email = try row.email.map(EmailAddress.init)
        try await namingConflicts(username: username, email: email) {
            _ = try await database.commit(
                row.creation(at: clock.now()) + [SkeletonRows.insert(username, of: row.id.rawValue)] + more,
                announcing: [.account(row.id.rawValue), .eventsAppended])
        }
    }

    /// Turns a broken unique constraint into the error that says which one it was.
    func namingConflicts(
        username: Username?, email: EmailAddress?, _ write: () async throws -> Void
    ) async throws {
        do {
            try await write()
        } catch let error as SQLError where error.code == .uniqueViolation {
            let conflict = try await database.read { try AccountRow.conflict(username: username, email: email, $0) }
            throw conflict ?? error
        }
    }
}

extension Account {
    /// A new account, which has no followers, follows nobody and has no posts.
    init(_ row: AccountRow) {
        self.init(
            id: row.id, username: row.username, displayName: row.displayName, bio: row.bio, avatarURL: row.avatarURL,
            isVerified: false, isPrivate: row.isPrivate, state: row.state, createdAt: row.createdAt,
            followersCount: 0, followingCount: 0, postsCount: 0)
    }
}
