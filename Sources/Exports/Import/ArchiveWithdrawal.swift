import Accounts
import Core
import Posts
import SQL

/// Takes an import that was refused halfway out of the store again, with all that it brought. Nobody has seen the account, so
/// nothing of others' hangs on it.
package struct ArchiveWithdrawal: Sendable {
    private let database: any Database
    private let steps: [ErasureStep]
    private let clock: WallClock

    /// - Parameter steps: as for an account that is erased.
    package init(database: any Database, steps: [ErasureStep], clock: WallClock) {
        self.database = database
        // How far the import came goes last: a withdrawal that is interrupted is gone on with.
        self.steps = steps.filter { step in !step.tables.contains { $0.name == "archive_imports" } }
        self.clock = clock
    }

    /// Takes back what the account did, with the events that counters need.
    /// - Parameter source: of the import; one of another archive is left alone.
    /// - Returns: whether there is such an import, and it was not finished.
    package func empty(_ account: ID<Account>, source: String) async throws -> Bool {
        let isOpen = try await database.read { try ImportRows.isOpen(account, source, $0) }
        guard isOpen else { return false }
        while try await database.write({ try Self.uncountViews(of: account, $0) }) {}
        for step in steps {
            while try await database.write({ try step.eraseBatch(of: account, $0) }) {}
        }
        return true
    }

    /// An erasure leaves views counted; here nobody saw anything.
    /// - Returns: whether there may be more.
    private static func uncountViews(of account: ID<Account>, _ store: any SQLWriter) throws -> Bool {
        let views = try store.query(
            "SELECT bucket, post_id, views, seen_at FROM post_views WHERE account_id = $1 ORDER BY post_id LIMIT $2",
            [.integer(account.rawValue), .integer(Int64(Limits.keptItemsAtOnce))]
        ) { (bucket: $0.int64(0), post: $0.int64(1), views: $0.int64(2), day: $0.int64(3) / 86_400_000) }
        for view in views {
            var growth = ViewRows.Growth()
            (growth.views, growth.reach) = (-view.views, -1)
            try ViewRows.count(growth, of: ID(view.post), on: view.day, store)
            let key: [SQLValue] = [.integer(view.bucket), .integer(view.post)]
            try store.execute(
                """
                DELETE FROM post_stats WHERE bucket = $1 AND post_id = $2 AND day = $3
                    AND views = 0 AND reach = 0 AND reactions = 0
                """, key + [.integer(view.day)])
            try store.execute(
                "DELETE FROM post_views WHERE bucket = $1 AND post_id = $2 AND account_id = $3",
                key + [.integer(account.rawValue)])
        }
        return views.count == Limits.keptItemsAtOnce
    }

    /// Removes the rows that an erased account leaves behind, and the account. Comes after `empty`, when its events are handled.
    package func remove(_ account: ID<Account>, source: String) async throws {
        let key: [SQLValue] = [.integer(account.rawValue)]
        while try await removePosts(of: account, source) {}
        try await database.write { store in
            guard try ImportRows.isOpen(account, source, store) else { return }
            try store.execute("DELETE FROM account_counters WHERE account_id = $1", key)
            try store.execute("DELETE FROM users WHERE id = $1", key)
            try store.execute("DELETE FROM archive_imports WHERE account_id = $1", key)
            store.announce(.account(account.rawValue))
            store.announce(.bulk)
        }
    }

    /// - Returns: whether there may be more.
    private func removePosts(of account: ID<Account>, _ source: String) async throws -> Bool {
        try await database.write { store in
            guard try ImportRows.isOpen(account, source, store) else { return false }
            let bucket = SQLValue.integer(Int64(account.bucket))
            let posts = try store.query(
                "SELECT id FROM posts WHERE author_id = $1 AND bucket = $2 LIMIT $3",
                [.integer(account.rawValue), bucket, .integer(Int64(Limits.keptItemsAtOnce))]
            ) { $0.int64(0) }
            // Where somebody here quotes a post that is not here, the counters count it.
            try store.execute(
                """
                DELETE FROM post_counters WHERE post_id IN (SELECT value FROM list($1))
                    AND likes = 0 AND comments = 0 AND shares = 0 AND quotes = 0
                """, [.list(posts)])
            for table in ["reaction_counters", "poll_counters", "post_stats"] {
                try store.execute(
                    "DELETE FROM \(table) WHERE bucket = $1 AND post_id IN (SELECT value FROM list($2))",
                    [bucket, .list(posts)])
            }
            try store.execute(
                "DELETE FROM posts WHERE bucket = $1 AND id IN (SELECT value FROM list($2))", [bucket, .list(posts)])
            return posts.count == Limits.keptItemsAtOnce
        }
    }
}
