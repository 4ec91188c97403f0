import Core
import EventLog
import SQL

/// An account that comes from elsewhere: without password and e-mail address, and inactive.
package struct ImportedAccount: Sendable {
    package let username: Username
    /// Milliseconds since 1970; the time of the import where nil.
    package let createdAt: Int64?

    package init(username: Username, createdAt: Int64? = nil) {
        self.username = username
        self.createdAt = createdAt
    }
}

extension AccountService {
    /// Creates the accounts that do not exist yet, look-alikes of others too, in transactions of up to `Limits.importBatchMax`.
    /// - Returns: the ids of all, by username, also of those that were there before.
    package func importAccounts(_ accounts: [ImportedAccount]) async throws -> [String: ID<Account>] {
        var ids: [String: ID<Account>] = [:]
        for start in stride(from: 0, to: accounts.count, by: Limits.importBatchMax) {
            let batch = accounts[start..<min(start + Limits.importBatchMax, accounts.count)]
            ids.merge(try await importBatch(batch)) { $1 }
        }
        return ids
    }

    private func importBatch(_ accounts: ArraySlice<ImportedAccount>) async throws -> [String: ID<Account>] {
        let now = clock.now()
        var candidates: [(id: ID<Account>, account: ImportedAccount)] = []
        for account in accounts {
            candidates.append((try await ids.next(bucket: account.username.bucket), account))
        }
        return try await database.write { [candidates] store in
            var ids: [String: ID<Account>] = [:]
            var created: [Int64] = []
            for (candidate, account) in candidates {
                let createdAt = account.createdAt ?? now
                guard let id = try Self.insert(candidate, account.username, createdAt: createdAt, store) else {
                    continue
                }
                if id == candidate {
                    created.append(id.rawValue)
                    try SkeletonRows.insertIfFree(account.username, of: id.rawValue, store)
                }
                ids[account.username.value] = id
            }
            guard !created.isEmpty else { return ids }
            try store.execute(
                "INSERT INTO account_counters (account_id) SELECT value FROM list($1)", [.list(created)])
            let event = Event(.accountsImported, key: 0, subject: 0, list: created, occurredAt: now)
            try Outbox.append(event, in: store)
            store.announce(.bulk)
            return ids
        }
    }

    /// - Returns: the id of the account with this name, whether new or not.
    private static func insert(
        _ candidate: ID<Account>, _ username: Username, createdAt: Int64, _ store: any SQLWriter
    ) throws -> ID<Account>? {
        guard try !DeletionRows.isRetired(username, store) else { return nil }
        // Updating a row to what it is makes RETURNING give it.
        return try store.query(
            """
            INSERT INTO users (id, username, display_name, created_at) VALUES ($1, $2, $2, $3)
            ON CONFLICT (username) DO UPDATE SET username = excluded.username RETURNING id
            """, [.integer(candidate.rawValue), .text(username.value), .integer(createdAt)]
        ) { $0.id(0, Account.self) }.first
    }
}
