import Core
import SQL

/// A session that goes on, as its owner sees it. Times in milliseconds since 1970.
package struct OpenSession: Sendable, Hashable {
    package let id: Int64
    package let createdAt: Int64
    /// When its tokens were last renewed, so it is behind by at most the lifetime of an access token.
    package let lastUsedAt: Int64
    package let client: String?
}

extension SessionService {
    /// The sessions of an account, the newest first; there are at most `Limits.sessionsPerAccountMax`.
    package func sessions(of account: ID<Account>) async throws -> [OpenSession] {
        let now = clock.now()
        return try await database.read { store in
            try store.query(
                """
                SELECT id, created_at, last_used_at, client FROM sessions
                WHERE account_id = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY id DESC LIMIT $3
                """,
                [.integer(account.rawValue), .integer(now), .integer(Int64(Limits.sessionsPerAccountMax))]
            ) { row in
                OpenSession(
                    id: row.int64(0), createdAt: row.int64(1), lastUsedAt: row.optionalInt64(2) ?? row.int64(1),
                    client: row.optionalText(3))
            }
        }
    }

    /// Ends one session of an account, which may be the one that asks.
    /// - Throws: `AccountsError.notFound` where it is none of the account's, or has ended.
    package func end(_ session: Int64, of account: ID<Account>) async throws {
        let now = clock.now()
        try await database.write { store in
            let owner = try store.first(
                "SELECT account_id FROM sessions WHERE id = $1 AND revoked_at IS NULL AND expires_at > $2",
                [.integer(session), .integer(now)]
            ) { $0.id(0, Account.self) }
            guard owner == account else { throw AccountsError.notFound }
            try SessionRows.revoke(session, at: now, in: store)
        }
    }

    /// Ends every session of an account but the one that asks, and that too where others may hold tokens of it.
    package func endOthers(than principal: Principal) async throws {
        let now = clock.now()
        try await database.write { store in
            try SessionRows.revokeOthers(of: principal.accountID, than: principal.sessionID, at: now, in: store)
        }
    }
}
