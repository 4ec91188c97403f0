import Core
import SQL

/// Whether a session goes on.
enum SessionState: Sendable {
    case active
    /// Revoked, or not there.
    case ended
}

/// The rows of `sessions` and `refresh_tokens`. A session is the family of the refresh tokens that follow one login.
enum SessionRows {
    /// A refresh token as it is found when someone presents it. Times in milliseconds since 1970.
    struct Presented: Sendable {
        let sessionID: Int64
        let accountID: ID<Account>
        let expiresAt: Int64
        /// When it was first exchanged; nil where it was not.
        let usedAt: Int64?
        let isSessionActive: Bool
        let accountState: AccountState
    }

    static func states(_ ids: [Int64], _ store: any SQLReader) throws -> [Int64: SessionState] {
        let active = try store.query(
            """
            SELECT s.id FROM list($1) AS ids JOIN sessions s ON s.id = ids.value WHERE s.revoked_at IS NULL
            """, [.list(ids)]
        ) { $0.int64(0) }
        let activeIDs = Set(active)
        return Dictionary(
            ids.map { ($0, activeIDs.contains($0) ? .active : .ended) }, uniquingKeysWith: { first, _ in first })
    }

    static func insert(_ session: NewSession) -> Statement {
        Statement(
            """
            INSERT INTO sessions (id, account_id, created_at, expires_at, last_used_at, client)
            VALUES ($1, $2, $3, $4, $3, $5)
            """,
            [
                .integer(session.id), .integer(session.accountID.rawValue), .integer(session.createdAt),
                .integer(session.expiresAt), .text(session.client?.value),
            ])
    }

    static func insert(_ token: RefreshToken, session: Int64, at now: Int64, expiresAt: Int64) -> Statement {
        Statement(
            "INSERT INTO refresh_tokens (token_hash, session_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
            [.text(token.hash), .integer(session), .integer(now), .integer(expiresAt)])
    }

    /// Inserts a session and ends the oldest ones of its account past the limit.
    /// - Parameter token: nil for a session that ends with its only access token.
    static func open(_ session: NewSession, token: RefreshToken?, in store: any SQLWriter) throws {
        try store.execute(insert(session))
        if let token {
            try store.execute(insert(token, session: session.id, at: session.createdAt, expiresAt: session.expiresAt))
        }
        let live = try store.query(
            "SELECT id FROM sessions WHERE account_id = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY id",
            [.integer(session.accountID.rawValue), .integer(session.createdAt)]
        ) { $0.int64(0) }
        for id in live.dropLast(Limits.sessionsPerAccountMax) { try revoke(id, at: session.createdAt, in: store) }
    }

    static func revoke(_ id: Int64, at now: Int64, in store: any SQLWriter) throws {
        try store.execute(
            "UPDATE sessions SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL", [.integer(id), .integer(now)])
        store.announce(.sessionRevoked(id))
    }

    /// Ends every session of an account, except one where given.
    static func revokeAll(
        of account: ID<Account>, except kept: Int64? = nil, at now: Int64, in store: any SQLWriter
    ) throws {
        let ended = try store.query(
            """
            UPDATE sessions SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL AND id <> $3 RETURNING id
            """, [.integer(account.rawValue), .integer(now), .integer(kept ?? 0)]
        ) { $0.int64(0) }
        for id in ended { store.announce(.sessionRevoked(id)) }
    }

    /// Ends every session but the one that asks, and that one too where more than one token of it could be exchanged: nobody knows
    /// who holds the others.
    static func revokeOthers(
        of account: ID<Account>, than session: Int64, at now: Int64, in store: any SQLWriter
    ) throws {
        let tokens = try store.integer(
            "SELECT count(*) FROM refresh_tokens WHERE session_id = $1 AND used_at IS NULL AND expires_at > $2",
            [.integer(session), .integer(now)])
        try revokeAll(of: account, except: tokens > 1 ? nil : session, at: now, in: store)
        // Nor is what was exchanged a moment ago answered again: whoever sends it now may be somebody else.
        try store.execute(
            "UPDATE refresh_tokens SET used_at = $2 WHERE session_id = $1 AND used_at > $2",
            [.integer(session), .integer(now - 2 * Limits.refreshTokenReuse.milliseconds)])
    }

    static func presented(_ token: RefreshToken, _ store: any SQLReader) throws -> Presented? {
        try store.first(
            """
            SELECT t.session_id, s.account_id, t.expires_at, t.used_at, s.revoked_at, u.state
            FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id JOIN users u ON u.id = s.account_id
            WHERE t.token_hash = $1
            """, [.text(token.hash)]
        ) { row in
            Presented(
                sessionID: row.int64(0), accountID: row.id(1), expiresAt: row.int64(2),
                usedAt: row.optionalInt64(3), isSessionActive: row.isNull(4),
                accountState: AccountState(rawValue: row.int64(5)) ?? .deleted)
        }
    }

    /// How many tokens of a session were given from `moment` on.
    static func given(_ session: Int64, from moment: Int64, _ store: any SQLReader) throws -> Int64 {
        try store.integer(
            "SELECT count(*) FROM refresh_tokens WHERE session_id = $1 AND created_at >= $2",
            [.integer(session), .integer(moment)])
    }

    /// Marks `old` used, where it was not, and lets `new` follow it; the session lives as long as its newest token.
    static func rotate(
        _ old: RefreshToken, to new: RefreshToken, session: Int64, at now: Int64, expiresAt: Int64,
        in store: any SQLWriter
    ) throws {
        try store.execute(
            "UPDATE refresh_tokens SET used_at = coalesce(used_at, $2) WHERE token_hash = $1",
            [.text(old.hash), .integer(now)])
        try store.execute(insert(new, session: session, at: now, expiresAt: expiresAt))
        try store.execute(
            "UPDATE sessions SET expires_at = $2, last_used_at = $3 WHERE id = $1",
            [.integer(session), .integer(expiresAt), .integer(now)])
    }
}

extension SQLWriter {
    /// Runs a statement of a fixed list inside a closure.
    func execute(_ statement: Statement) throws {
        try execute(statement.sql, statement.arguments)
    }
}
