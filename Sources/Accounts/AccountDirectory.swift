import Core
import KeyValue
import SQL

/// Accounts as others see them, in memory: bounded, loaded in batches, and never older than an acknowledged change.
package final class AccountDirectory: CommitObserver, Sendable {
    /// Accounts kept; about 600 bytes each.
    private static let entriesMax = 100_000

    private let database: any Database
    private let cache: CoherentCache<ID<Account>, AccountCard?>

    /// Registers itself with the database.
    package init(database: any Database) {
        self.database = database
        cache = CoherentCache(name: "accounts", costMax: Self.entriesMax)
        database.observe(self)
    }

    package func committed(_ changes: [Change]) {
        for change in changes {
            switch change {
            case .account(let id): cache.invalidate(ID(id))
            case .counters(let owners): for id in owners { cache.invalidate(ID(id)) }
            case .bulk: cache.invalidateAll()
            default: break
            }
        }
    }

    /// The account if it is in memory; never blocks. Nil says nothing about whether it exists.
    package func cached(_ id: ID<Account>) -> AccountCard? {
        cache.get(id) ?? nil
    }

    /// The accounts that exist, whatever their state.
    package func cards(_ ids: [ID<Account>]) async throws -> [ID<Account>: AccountCard] {
        let found = try await cache.load(ids) { [database] missing in
            let rows = try await database.read { try AccountQueries.cards(missing, $0) }
            return Dictionary(uniqueKeysWithValues: missing.map { ($0, rows[$0]) })
        }
        return found.compactMapValues(\.self)
    }

    package func card(_ id: ID<Account>) async throws -> AccountCard? {
        try await cards([id])[id]
    }

    package func account(_ id: ID<Account>) async throws -> Account? {
        try await card(id)?.account
    }

    package func id(ofUsername username: String) async throws -> ID<Account>? {
        try await database.read { store in
            try store.first("SELECT id FROM users WHERE username = $1", [.text(username)]) { $0.id(0) }
        }
    }
}
