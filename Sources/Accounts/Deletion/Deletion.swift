import Core
import SQL

/// An account on its way out, or gone. Times in milliseconds since 1970.
package struct Deletion: Sendable, Hashable {
    package let account: ID<Account>
    package let askedAt: Int64
    package let dueAt: Int64
    package let finishedAt: Int64?
    /// How many rows went, by table, and how much of other stores, by `ErasedStore.name`; complete once it is finished.
    package var receipt: [String: Int64] = [:]
    /// When what was left in a store is gone, where there is a date.
    package var goneBy: [String: Int64] = [:]
}

extension Deletion {
    /// Those that wait or are done, the newest first.
    /// - Parameter account: this one's alone.
    package static func newest(
        of account: ID<Account>? = nil, limit: Int = 100, _ store: any SQLReader
    ) throws -> [Deletion] {
        let found = try store.query(
            """
            SELECT account_id, asked_at, due_at, finished_at FROM deletions WHERE account_id = $1 OR $1 = 0
            ORDER BY asked_at DESC, account_id DESC LIMIT $2
            """, [.integer(account?.rawValue ?? 0), .integer(Int64(limit))]
        ) { row in
            Deletion(account: row.id(0), askedAt: row.int64(1), dueAt: row.int64(2), finishedAt: row.optionalInt64(3))
        }
        return try found.map { deletion in
            var deletion = deletion
            deletion.receipt = try DeletionRows.receipt(of: deletion.account, store)
            deletion.goneBy = try DeletionRows.goneBy(deletion.account, store)
            return deletion
        }
    }
}
