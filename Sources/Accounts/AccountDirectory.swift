import Core
import KeyValue
import SQL

/// Accounts as others see them, in memory: bounded, loaded in batches, and never older than an acknowledged change.
package final class AccountDirectory: CommitObserver, Sendable {
    /// Accounts kept; about 600 bytes each.
    private static let entriesMax = 100_000

    private let database: any Database
    private let cache: CoherentCache<ID<Account>, AccountCard?>
    /// Usernames are given once and for ever, so what is found stays true.
    private let names = CoherentCache<String, ID<Account>>(name: "usernames", costMax: entriesMax)

    /// Registers itself with the database.
    package init(database: any Database) {
        self.database = database
        cache = CoherentCache(name: "accounts", costMax: Self.entriesMax, lease: database.cacheLease)
        database.observe(self)
    }

    package func committed(_ changes: [Change]) {
        for change in changes {
            switch change {
            case .account(let id): cache.invalidate(ID(id))
            case .accountErased(let id):
                cache.invalidate(ID(id))
                // It is not known by which name; whoever is looked for is found again.
                names.invalidateAll()
            case .counters(let list): for counters in list { update(counters) }
            case .bulk: cache.invalidateAll()
            default: break
            }
        }
    }

    /// In place: whoever is counted often would otherwise be loaded as often.
    private func update(_ counters: AccountCounters) {
        cache.update(ID(counters.account)) { card in
            if let old = card { card = AccountCard(old, counters) }
        }
    }

    /// The account if it is in memory; never blocks. Nil says nothing about whether it exists.
    package func cached(_ id: ID<Account>) -> AccountCard? {
        cache.peek(id) ?? nil
    }

    /// Calls `body` with the account if it is in memory; never blocks. It runs under a lock.
    /// - Returns: what `body` returns; false where it was not called.
    package func withCached(_ id: ID<Account>, _ body: (AccountCard) -> Bool) -> Bool {
        // Counting references to cards that every core reads would cost more than all else here. The cache holds the card
        // for as long as the lock is held.
        cache.peek(id) { place in
            guard let card = UnsafeRawPointer(place).load(as: Unmanaged<AccountCard>?.self) else { return false }
            return card._withUnsafeGuaranteedRef(body)
        } ?? false
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
        let found = try await names.load([username]) { [database] _ in
            let id: ID<Account>? = try await database.read { store in
                try store.first("SELECT id FROM users WHERE username = $1", [.text(username)]) { $0.id(0) }
            }
            return id.map { [username: $0] } ?? [:]
        }
        return found[username]
    }

    /// The same if it is in memory; never blocks.
    package func cachedID(ofUsername username: String) -> ID<Account>? {
        names.peek(username)
    }
}
