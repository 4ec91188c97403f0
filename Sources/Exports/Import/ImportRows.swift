import Accounts
import Core
import SQL

/// How far the import of an account's archive is.
package struct ImportState: Codable, Hashable, Sendable {
    /// Names the archive by its content.
    package let source: String
    package let itemsDone: Int64
    package let isFinished: Bool
}

/// The rows of `archive_imports`.
enum ImportRows {
    static func find(_ account: ID<Account>, _ store: any SQLReader) throws -> ImportState? {
        try store.first(
            "SELECT source, items_done, is_finished FROM archive_imports WHERE account_id = $1",
            [.integer(account.rawValue)]
        ) { ImportState(source: $0.text(0), itemsDone: $0.int64(1), isFinished: $0.flag(2)) }
    }

    /// Whether an account is being brought from this source.
    static func isOpen(_ account: ID<Account>, _ source: String, _ store: any SQLReader) throws -> Bool {
        guard let state = try find(account, store) else { return false }
        return state.source == source && !state.isFinished
    }

    static func save(_ state: ImportState, of account: ID<Account>, now: Int64, _ store: any SQLWriter) throws {
        try store.execute(
            """
            INSERT INTO archive_imports (account_id, source, items_done, is_finished, updated_at)
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account_id) DO UPDATE SET items_done = excluded.items_done,
                is_finished = excluded.is_finished, updated_at = excluded.updated_at
            """,
            [
                .integer(account.rawValue), .text(state.source), .integer(state.itemsDone), .flag(state.isFinished),
                .integer(now),
            ])
    }
}
