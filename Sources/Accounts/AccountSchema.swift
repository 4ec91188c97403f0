import SQL

/// The tables this feature owns.
package enum AccountSchema {
    package static let migrations = [
        users, sessions, counters, idempotency, lookAlikes, clients, deletions, receiptDates,
    ]

    /// Imported accounts have neither e-mail nor password. A username is never given to anyone else, also not after
    /// deletion; `email_key` and `username` are lower case.
    private static let users = Migration("0003-users") { dialect in
        let key = dialect.textKey
        return [
            """
            CREATE TABLE users (
                id BIGINT PRIMARY KEY NOT NULL, username \(key) NOT NULL UNIQUE, email TEXT, email_key \(key) UNIQUE,
                password_hash TEXT, display_name TEXT NOT NULL, bio TEXT NOT NULL DEFAULT '', avatar_url TEXT,
                is_verified SMALLINT NOT NULL DEFAULT 0 CHECK (is_verified IN (0, 1)),
                is_private SMALLINT NOT NULL DEFAULT 0 CHECK (is_private IN (0, 1)),
                state SMALLINT NOT NULL DEFAULT 0 CHECK (state IN (0, 1, 2)),
                created_at BIGINT NOT NULL, last_active_at BIGINT)
            """
        ]
    }

    private static let sessions = Migration("0004-sessions") { dialect in
        let key = dialect.textKey
        return [
            """
            CREATE TABLE sessions (
                id BIGINT PRIMARY KEY NOT NULL, account_id BIGINT NOT NULL REFERENCES users (id),
                created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, revoked_at BIGINT)
            """,
            "CREATE INDEX sessions_by_account ON sessions (account_id, id)",
            "CREATE INDEX sessions_by_expiry ON sessions (expires_at)",
            """
            CREATE TABLE refresh_tokens (
                token_hash \(key) PRIMARY KEY NOT NULL, session_id BIGINT NOT NULL REFERENCES sessions (id),
                created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT)
            """,
            "CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id)",
            """
            CREATE TABLE signing_keys (
                kid \(key) PRIMARY KEY NOT NULL, secret TEXT NOT NULL, created_at BIGINT NOT NULL, retired_at BIGINT)
            """,
        ]
    }

    private static let clients = Migration("0040-session-clients") { _ in
        ["ALTER TABLE sessions ADD COLUMN last_used_at BIGINT", "ALTER TABLE sessions ADD COLUMN client TEXT"]
    }

    /// Kept by a consumer of the event log; the rows they count are the truth.
    private static let counters = Migration("0005-account-counters") { _ in
        [
            """
            CREATE TABLE account_counters (
                account_id BIGINT PRIMARY KEY NOT NULL, followers BIGINT NOT NULL DEFAULT 0,
                following BIGINT NOT NULL DEFAULT 0, posts BIGINT NOT NULL DEFAULT 0)
            """
        ]
    }
}
