import Core
import EventLog
import SQL

/// An account that comes back with an archive.
package struct RestoredAccount: Sendable {
    let id: ID<Account>
    let username: Username
    let displayName: DisplayName
    let bio: Biography
    let avatarURL: AvatarURL?
    let email: EmailAddress?
    let isPrivate: Bool
    /// Milliseconds since 1970.
    let createdAt: Int64

    package init(
        id: ID<Account>, username: Username, displayName: DisplayName, bio: Biography, avatarURL: AvatarURL?,
        email: EmailAddress?, isPrivate: Bool, createdAt: Int64
    ) {
        self.id = id
        self.username = username
        self.displayName = displayName
        self.bio = bio
        self.avatarURL = avatarURL
        self.email = email
        self.isPrivate = isPrivate
        self.createdAt = createdAt
    }
}

extension AccountService {
    /// Creates an account under the id it had elsewhere, without a password, and suspended until `showRestored`. It keeps its
    /// name, whatever that looks like.
    /// - Throws: `AccountsError`: `usernameTaken`, `emailTaken`, `invalid` where the id is taken.
    package static func restore(_ account: RestoredAccount, now: Int64, _ store: any SQLWriter) throws {
        let conflict = try AccountRow.conflict(
            username: account.username, email: account.email, mayLookAlike: true, store)
        if let conflict { throw conflict }
        guard try AccountRow.find(account.id, store) == nil else {
            throw AccountsError.invalid(field: "user_id", reason: "An account with this id is here already.")
        }
        var row = AccountRow(
            id: account.id, username: account.username.value, email: account.email?.value,
            emailKey: account.email?.key, passwordHash: nil, displayName: account.displayName.value,
            createdAt: account.createdAt, lastActiveAt: nil)
        row.bio = account.bio.value
        row.avatarURL = account.avatarURL?.value
        row.isPrivate = account.isPrivate
        row.state = .suspended
        for statement in row.creation(at: now).dropLast() { try store.execute(statement.sql, statement.arguments) }
        try SkeletonRows.insertIfFree(account.username, of: account.id.rawValue, store)
        // Also writes what creating leaves out.
        try row.save(.accountRegistered, at: now, in: store)
    }

    /// Lets everybody see an account whose archive is back as a whole.
    package static func showRestored(_ id: ID<Account>, now: Int64, _ store: any SQLWriter) throws {
        guard var row = try AccountRow.find(id, store), row.state == .suspended else { return }
        row.state = .active
        try row.save(.accountReinstated, at: now, in: store)
    }
}
