import Core
import Crypto
import SQL

/// The rows of `deletions`, `deletion_receipts` and `retired_usernames`.
enum DeletionRows {
    /// Whether an account waits for its deletion, which nobody but it may take back.
    static func isLeaving(_ id: ID<Account>, _ store: any SQLReader) throws -> Bool {
        try store.first(
            "SELECT 1 FROM deletions WHERE account_id = $1 AND started_at IS NULL", [.integer(id.rawValue)]
        ) { $0.int64(0) } != nil
    }

    /// Whether a login would take the deletion back.
    static func mayComeBack(_ id: ID<Account>, _ store: any SQLReader) throws -> Bool {
        try store.first(
            "SELECT 1 FROM deletions WHERE account_id = $1 AND started_at IS NULL AND is_held = 0",
            [.integer(id.rawValue)]
        ) { $0.int64(0) } != nil
    }

    static func ask(_ id: ID<Account>, at now: Int64, dueAt: Int64, in store: any SQLWriter) throws {
        try store.execute(
            """
            INSERT INTO deletions (account_id, asked_at, due_at) VALUES ($1, $2, $3)
            ON CONFLICT (account_id) DO NOTHING
            """, [.integer(id.rawValue), .integer(now), .integer(dueAt)])
    }

    /// - Returns: whether the account may be used again: it waited, and is not held by a suspension.
    static func cancel(_ id: ID<Account>, in store: any SQLWriter) throws -> Bool {
        try store.execute(
            "DELETE FROM deletions WHERE account_id = $1 AND started_at IS NULL AND is_held = 0",
            [.integer(id.rawValue)]) == 1
    }

    /// A suspension keeps a login from taking the deletion back; it does not stop the deletion.
    static func hold(_ id: ID<Account>, _ isHeld: Bool, in store: any SQLWriter) throws {
        try store.execute(
            "UPDATE deletions SET is_held = $2 WHERE account_id = $1 AND finished_at IS NULL",
            [.integer(id.rawValue), .flag(isHeld)])
    }

    static func add(_ counts: [String: Int], to id: ID<Account>, in store: any SQLWriter) throws {
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) where count > 0 {
            try store.execute(
                """
                INSERT INTO deletion_receipts (account_id, store, count) VALUES ($1, $2, $3)
                ON CONFLICT (account_id, store) DO UPDATE SET count = deletion_receipts.count + excluded.count
                """, [.integer(id.rawValue), .text(name), .integer(Int64(count))])
        }
    }

    /// Notes a store that is no table. What a crash made erase it twice held the more the first time.
    static func note(
        _ store: String, _ count: Int64, goneBy: Int64?, of id: ID<Account>, in writer: any SQLWriter
    ) throws {
        try writer.execute(
            """
            INSERT INTO deletion_receipts (account_id, store, count, gone_by) VALUES ($1, $2, $3, $4)
            ON CONFLICT (account_id, store) DO UPDATE SET gone_by = excluded.gone_by,
                count = CASE WHEN excluded.count > deletion_receipts.count THEN excluded.count
                    ELSE deletion_receipts.count END
            """, [.integer(id.rawValue), .text(store), .integer(count), .integer(goneBy)])
    }

    /// When what was left is gone, by store.
    static func goneBy(_ id: ID<Account>, _ store: any SQLReader) throws -> [String: Int64] {
        let dates = try store.query(
            "SELECT store, gone_by FROM deletion_receipts WHERE account_id = $1 AND gone_by IS NOT NULL",
            [.integer(id.rawValue)]
        ) { ($0.text(0), $0.int64(1)) }
        return Dictionary(dates, uniquingKeysWith: max)
    }

    static func receipt(of id: ID<Account>, _ store: any SQLReader) throws -> [String: Int64] {
        let counts = try store.query(
            "SELECT store, count FROM deletion_receipts WHERE account_id = $1", [.integer(id.rawValue)]
        ) { ($0.text(0), $0.int64(1)) }
        return Dictionary(counts, uniquingKeysWith: { $0 + $1 })
    }

    /// Whether a name belonged to an account that is gone. Only its hash is kept, so that nobody else gets it.
    static func isRetired(_ username: Username, _ store: any SQLReader) throws -> Bool {
        try store.first(
            "SELECT 1 FROM retired_usernames WHERE hash = $1", [.text(hash(of: username.value))]
        ) { $0.int64(0) } != nil
    }

    static func retire(_ username: String, in store: any SQLWriter) throws {
        try store.execute(
            "INSERT INTO retired_usernames (hash) VALUES ($1) ON CONFLICT (hash) DO NOTHING",
            [.text(hash(of: username))])
    }

    private static func hash(of username: String) -> String {
        Base64URL.encode(Array(SHA256.hash(data: Array(username.utf8))))
    }
}
