import Accounts
import Core
import KeyValue
import SQL

/// Who follows an author, for fan-out: bounded by the number of ids kept, loaded once per author, never older than the
/// log position that fan-out works at.
package final class FollowerLists: CommitObserver, Sendable {
    /// Ids kept over all lists; 8 bytes each.
    private static let idsMax = 4_000_000

    private let database: any Database
    private let cache: CoherentCache<ID<Account>, [Int64]>

    /// Registers itself with the database.
    package init(database: any Database) {
        self.database = database
        cache = CoherentCache(name: "followers", costMax: Self.idsMax, cost: { $1.count + 16 })
        database.observe(self)
    }

    package func committed(_ changes: [Change]) {
        for change in changes {
            switch change {
            case .followed(_, let followee), .unfollowed(_, let followee): cache.invalidate(ID(followee))
            case .bulk: cache.invalidateAll()
            default: break
            }
        }
    }

    /// The followers of each author, ascending.
    package func followers(of authors: [ID<Account>]) async throws -> [ID<Account>: [Int64]] {
        try await cache.load(authors) { [database] missing in
            try await database.read { store in
                try Dictionary(
                    uniqueKeysWithValues: missing.map { author in
                        (
                            author,
                            try store.query(
                                "SELECT follower_id FROM followers WHERE followee_id = $1 ORDER BY follower_id",
                                [.integer(author.rawValue)]
                            ) { $0.int64(0) }
                        )
                    })
            }
        }
    }
}
