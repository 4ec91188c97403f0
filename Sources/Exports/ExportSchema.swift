import Accounts
import Core
import SQL

/// The tables this feature owns.
package enum ExportSchema {
    package static let migrations = [exports, imports, itemsByOther]

    /// An account has one export, the newest. `doomed_blobs` are archives that nobody may load any more and that the next
    /// sweep removes.
    private static let exports = Migration("0060-exports") { dialect in
        let key = dialect.textKey
        let table = dialect == .sqlite ? "WITHOUT ROWID" : dialect.partitioned(by: "account_id")
        return [
            """
            CREATE TABLE exports (
                account_id BIGINT PRIMARY KEY NOT NULL REFERENCES users (id),
                state SMALLINT NOT NULL CHECK (state BETWEEN 0 AND 4), asked_at BIGINT NOT NULL,
                due_at BIGINT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, sections_done INTEGER NOT NULL DEFAULT 0,
                items_done BIGINT NOT NULL DEFAULT 0, blob_key TEXT, length BIGINT, finished_at BIGINT,
                expires_at BIGINT)
            """,
            "CREATE INDEX exports_by_state ON exports (state, due_at)",
            """
            CREATE TABLE doomed_blobs (
                blob_key \(key) PRIMARY KEY NOT NULL, doomed_at BIGINT NOT NULL,
                is_gone SMALLINT NOT NULL DEFAULT 0)
            """,
            """
            CREATE TABLE archive_items (
                account_id BIGINT NOT NULL, section \(key) NOT NULL, item_id BIGINT NOT NULL, body TEXT NOT NULL,
                PRIMARY KEY (account_id, section, item_id)) \(table)
            """,
        ] + dialect.partitions(of: "archive_items")
    }

    /// How far the import of an account's archive is; the account shows itself once it is finished. Kept items are numbered as
    /// in their section, and `other_id` is the account that one tells of and nothing else.
    private static let imports = Migration("0070-archive-imports") { dialect in
        [
            // Numbered and spelt in a way that no archive has any more.
            "DELETE FROM archive_items",
            "ALTER TABLE archive_items ADD COLUMN other_id BIGINT",
            "CREATE INDEX archive_items_by_other ON archive_items (other_id) WHERE other_id IS NOT NULL",
            """
            CREATE TABLE archive_imports (
                account_id BIGINT PRIMARY KEY NOT NULL, source \(dialect.textKey) NOT NULL, items_done BIGINT NOT NULL,
                is_finished SMALLINT NOT NULL DEFAULT 0 CHECK (is_finished IN (0, 1)), updated_at BIGINT NOT NULL)
            """,
        ]
    }

    /// Finds what a popular account's archive says of one of its many followers.
    private static let itemsByOther = Migration("0071-archive-items-by-other") { _ in
        [
            "DROP INDEX archive_items_by_other",
            """
            CREATE INDEX archive_items_by_other ON archive_items (other_id, account_id, section)
            WHERE other_id IS NOT NULL
            """,
        ]
    }

    /// What a receipt calls the archives in the blob store.
    package static let archiveFiles = "files/archives"
    /// How long an archive may be there after its account is erased: it is removed twice.
    package static let archiveFilesRemain = Limits.doomedBlobAge + .seconds(60)

    static let keptItems = ErasureStep.rows("archive_items", key: "item_id")

    /// - Parameter clock: tells how long a doomed archive has been.
    package static func erasure(_ clock: WallClock) -> [ErasureStep] {
        [
            ErasureStep([ErasedTable("exports")]) { account, _, store in
                let archives = try ExportRows.doom(of: account, now: clock.now(), store)
                let exports = try store.execute(
                    "DELETE FROM exports WHERE account_id = $1", [.integer(account.rawValue)])
                return ["exports": exports, archiveFiles: archives]
            }, keptItems,
            .rows("archive_items", account: "other_id", key: "item_id"),
            .rows("archive_imports", key: "account_id"),
        ]
    }
}
