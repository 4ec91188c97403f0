import SQL

/// What clients named, so that it is done once.
extension AccountSchema {
    static let idempotency = Migration("0010-idempotency") { dialect in
        let text = dialect.textKey
        return [
            """
            CREATE TABLE idempotency_keys (
                account_id BIGINT NOT NULL, route \(text) NOT NULL, key \(text) NOT NULL, body_hash TEXT NOT NULL,
                result_id BIGINT NOT NULL, created_at BIGINT NOT NULL, PRIMARY KEY (account_id, route, key))
            """,
            "CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at)",
        ]
    }
}
