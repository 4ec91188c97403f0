import Core
import SQL

/// What became of a thing that a command made and that is not there any more under its id. It is kept beside the names of
/// commands, for as long as a command that made it a moment before may be sent again.
package enum CommandOutcome {
    /// No command's route is called so.
    private static let route = "became"

    /// For the transaction in which the thing `made` becomes `result`.
    package static func statement(of made: Int64, _ account: ID<Account>, is result: Int64, now: Int64) -> Statement {
        Statement(
            """
            INSERT INTO idempotency_keys (account_id, route, key, body_hash, result_id, created_at)
            VALUES ($1, $2, $3, '', $4, $5) ON CONFLICT (account_id, route, key) DO NOTHING
            """,
            [.integer(account.rawValue), .text(route), .text(String(made)), .integer(result), .integer(now)])
    }

    /// - Returns: nil for what became nothing, or long ago.
    package static func find(of made: Int64, _ account: ID<Account>, _ store: any SQLReader) throws -> Int64? {
        try store.first(
            "SELECT result_id FROM idempotency_keys WHERE account_id = $1 AND route = $2 AND key = $3",
            [.integer(account.rawValue), .text(route), .text(String(made))]
        ) { $0.int64(0) }
    }
}
