import Core
import EventLog
import SQL

/// The row of one account in `users`, with what only the account itself and the server know.
struct AccountRow: Sendable, Equatable {
    let id: ID<Account>
    let username: String
    var email: String?
    var emailKey: String?
    var passwordHash: String?
    var displayName: String
    var bio = ""
    var avatarURL: String?
    var isPrivate = false
    var state = AccountState.active
    /// Milliseconds since 1970.
    let createdAt: Int64
    /// Milliseconds since 1970; nil for an account nobody has used.
    let lastActiveAt: Int64?

    /// The statements that create the account with its counters and its event.
    func creation(at now: Int64) -> [Statement] {
        [
            insertion,
            Statement("INSERT INTO account_counters (account_id) VALUES ($1)", [.integer(id.rawValue)]),
            Outbox.append(Event(.accountRegistered, key: id.rawValue, subject: id.rawValue, occurredAt: now)),
        ]
    }

    private var insertion: Statement {
        Statement(
            """
            INSERT INTO users (id, username, email, email_key, password_hash, display_name, created_at, last_active_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                .integer(id.rawValue), .text(username), .text(email), .text(emailKey), .text(passwordHash),
                .text(displayName), .integer(createdAt), .integer(lastActiveAt),
            ])
    }

    static func find(_ id: ID<Account>, _ store: any SQLReader) throws -> AccountRow? {
        try store.first(
            """
            SELECT id, username, email, email_key, password_hash, display_name, bio, avatar_url, is_private, state,
                created_at, last_active_at
            FROM users WHERE id = $1
            """, [.integer(id.rawValue)]
        ) { row in
            AccountRow(
                id: row.id(0), username: row.text(1), email: row.optionalText(2), emailKey: row.optionalText(3),
                passwordHash: row.optionalText(4), displayName: row.text(5), bio: row.text(6),
                avatarURL: row.optionalText(7), isPrivate: row.flag(8),
                state: AccountState(rawValue: row.int64(9)) ?? .deleted, createdAt: row.int64(10),
                lastActiveAt: row.optionalInt64(11))
        }
    }

    /// Writes all that can change back, with the event that tells of it.
    func save(_ kind: EventKind, flags: AccountUpdateFlags = [], at now: Int64, in store: any SQLWriter) throws {
        try store.execute(
            """
            UPDATE users SET email = $2, email_key = $3, password_hash = $4, display_name = $5, bio = $6,
                avatar_url = $7, is_private = $8, state = $9
            WHERE id = $1
            """,
            [
                .integer(id.rawValue), .text(email), .text(emailKey), .text(passwordHash), .text(displayName),
                .text(bio), .text(avatarURL), .flag(isPrivate), .integer(state.rawValue),
            ])
        let event = Event(
            kind, key: id.rawValue, subject: id.rawValue, flags: flags.rawValue, occurredAt: now)
        try Outbox.append(event, in: store)
        store.announce(.account(id.rawValue))
    }

    /// The error for a username or e-mail address that another account has; nil where both are free.
    /// - Parameter mayLookAlike: whether the username may look like another's.
    static func conflict(
        username: Username?, email: EmailAddress?, mayLookAlike: Bool = false, _ store: any SQLReader
    ) throws -> AccountsError? {
        if let username,
            try store.first("SELECT id FROM users WHERE username = $1", [.text(username.value)], row: { $0.int64(0) })
                != nil || DeletionRows.isRetired(username, store)
        {
            return .usernameTaken
        }
        if let username, !mayLookAlike, try SkeletonRows.isTaken(username, store) { return .usernameLooksTaken }
        if let email,
            try store.first("SELECT id FROM users WHERE email_key = $1", [.text(email.key)], row: { $0.int64(0) })
                != nil
        {
            return .emailTaken
        }
        return nil
    }
}
