import Accounts
import Core
import KeyValue
import SQL

/// The relations of those who read, in memory, never older than an acknowledged change.
package final class RelationsCache: CommitObserver, Sendable {
    private let database: any Database
    private let cache: CoherentCache<ID<Account>, Relations>

    /// Registers itself with the database.
    /// - Parameter viewersMax: those whose relations are kept.
    package init(database: any Database, viewersMax: Int = Limits.relationsViewersMax) {
        self.database = database
        cache = CoherentCache(name: "relations", costMax: viewersMax, lease: database.cacheLease)
        database.observe(self)
    }

    package func committed(_ changes: [Change]) {
        for change in changes {
            switch change {
            case .followed(let follower, _), .unfollowed(let follower, _): cache.invalidate(ID(follower))
            case .closeFriendAdded(_, let friend), .closeFriendRemoved(_, let friend): cache.invalidate(ID(friend))
            case .relationship(let one, let other):
                cache.invalidate(ID(one))
                cache.invalidate(ID(other))
            case .accountErased(let id): cache.invalidate(ID(id))
            case .bulk: cache.invalidateAll()
            default: break
            }
        }
    }

    /// The relations if they are in memory; never blocks.
    package func cached(_ viewer: ID<Account>) -> Relations? {
        cache.peek(viewer)
    }

    package func relations(of viewer: ID<Account>) async throws -> Relations {
        let loaded = try await cache.load([viewer]) { [database] viewers in
            try await database.read { store in
                try Dictionary(uniqueKeysWithValues: viewers.map { ($0, try GraphQueries.relations(of: $0, store)) })
            }
        }
        return loaded[viewer] ?? Relations(viewer: viewer)
    }
}

extension Limits {
    package static let relationsViewersMax = 50_000
}
