import SQL

/// What deleting accounts keeps: who wants to go, what was erased, and the names that stay taken.
extension AccountSchema {
    static let deletions = Migration("0041-deletions") { dialect in
        let key = dialect.textKey
        return [
            """
            CREATE TABLE deletions (
                account_id BIGINT PRIMARY KEY NOT NULL REFERENCES users (id), asked_at BIGINT NOT NULL,
                due_at BIGINT NOT NULL, is_held SMALLINT NOT NULL DEFAULT 0 CHECK (is_held IN (0, 1)),
                started_at BIGINT, finished_at BIGINT)
            """,
            "CREATE INDEX deletions_by_due ON deletions (due_at) WHERE finished_at IS NULL",
            """
            CREATE TABLE deletion_receipts (
                account_id BIGINT NOT NULL, store \(key) NOT NULL, count BIGINT NOT NULL,
                PRIMARY KEY (account_id, store))
            """,
            "CREATE TABLE retired_usernames (hash \(key) PRIMARY KEY NOT NULL)",
        ]
    }

    /// When what an erasure leaves in a store is gone, where there is a date.
    static let receiptDates = Migration("0096-receipt-dates") { _ in
        ["ALTER TABLE deletion_receipts ADD COLUMN gone_by BIGINT"]
    }
}
