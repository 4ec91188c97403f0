import Core
import SQL

/// A table with data of accounts.
package struct ErasedTable: Sendable, Hashable {
    package let name: String
    /// What is true of the rows that hold data of the account `$1`. Afterwards there are none.
    package let condition: String

    package init(_ name: String, where condition: String = "account_id = $1") {
        self.name = name
        self.condition = condition
    }
}

/// How a feature erases what it holds of an account, a batch at a time.
package struct ErasureStep: Sendable {
    package typealias Counts = [String: Int]

    package let tables: [ErasedTable]
    /// Erases up to so many rows, or somewhat more.
    /// - Returns: how many went, by table; nothing once there is nothing left.
    let erase: @Sendable (ID<Account>, _ limit: Int, any SQLWriter) throws -> Counts

    package init(
        _ tables: [ErasedTable], erase: @escaping @Sendable (ID<Account>, _ limit: Int, any SQLWriter) throws -> Counts
    ) {
        self.tables = tables
        self.erase = erase
    }

    /// Erases some rows outside of a deletion.
    /// - Returns: whether there may be more.
    package func eraseBatch(of account: ID<Account>, _ store: any SQLWriter) throws -> Bool {
        try erase(account, Limits.erasureBatchMax, store).contains { $0.value > 0 }
    }

    /// Rows of which nobody needs to be told.
    /// - Parameter key: a column that tells the account's rows apart, or nearly so.
    package static func rows(_ table: String, account: String = "account_id", key: String) -> ErasureStep {
        ErasureStep([ErasedTable(table, where: "\(account) = $1")]) { id, limit, store in
            let count = try store.execute(
                """
                DELETE FROM \(table) WHERE \(account) = $1
                    AND \(key) IN (SELECT \(key) FROM \(table) WHERE \(account) = $1 LIMIT $2)
                """, [.integer(id.rawValue), .integer(Int64(limit))])
            return [table: count]
        }
    }
}

extension AccountSchema {
    /// What goes besides the account's own row, which goes last.
    package static let erasure: [ErasureStep] = [
        .rows("username_skeletons", key: "skeleton"), .rows("idempotency_keys", key: "key"),
        ErasureStep([
            ErasedTable(
                "refresh_tokens", where: "session_id IN (SELECT id FROM sessions WHERE account_id = $1)"),
            ErasedTable("sessions"),
        ]) { id, limit, store in
            let sessions = try store.query(
                "SELECT id FROM sessions WHERE account_id = $1 LIMIT $2",
                [.integer(id.rawValue), .integer(Int64(limit))]
            ) { $0.int64(0) }
            guard !sessions.isEmpty else { return [:] }
            let tokens = try store.execute(
                "DELETE FROM refresh_tokens WHERE session_id IN (SELECT value FROM list($1))", [.list(sessions)])
            let ended = try store.execute(
                "DELETE FROM sessions WHERE id IN (SELECT value FROM list($1))", [.list(sessions)])
            for session in sessions { store.announce(.sessionRevoked(session)) }
            return ["refresh_tokens": tokens, "sessions": ended]
        },
    ]
}
