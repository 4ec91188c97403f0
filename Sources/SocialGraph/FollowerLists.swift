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
        cache = CoherentCache(
            name: "followers", costMax: Self.idsMax, lease: database.cacheLease, cost: { $1.count + 16 })
        database.observe(self)
    }

    package func committed(_ changes: [Change]) {
        for change in changes {
            switch change {
            case .followed(let follower, let followee):
                cache.update(ID(followee)) { Self.insert(follower, into: &$0) }
            case .unfollowed(let follower, let followee):
                cache.update(ID(followee)) { Self.remove(follower, from: &$0) }
            case .accountErased(let id): cache.invalidate(ID(id))
            case .bulk: cache.invalidateAll()
            default: break
            }
        }
    }

    /// The followers of an author, ascending.
    package func followers(of author: ID<Account>) async throws -> [Int64] {
        if let known = cache.get(author) { return known }
        let loaded = try await cache.load([author]) { [database] missing in
            try await database.read { store in
                try Dictionary(
                    uniqueKeysWithValues: missing.map { ($0, try GraphQueries.followers(of: $0, store)) })
            }
        }
        return loaded[author] ?? []
    }

    private static func insert(_ follower: Int64, into list: inout [Int64]) {
        let place = firstIndex(notBelow: follower, in: list)
        guard place == list.count || list[place] != follower else { return }
        list.insert(follower, at: place)
    }

    private static func remove(_ follower: Int64, from list: inout [Int64]) {
        let place = firstIndex(notBelow: follower, in: list)
        guard place < list.count, list[place] == follower else { return }
        list.remove(at: place)
    }

    private static func firstIndex(notBelow follower: Int64, in list: [Int64]) -> Int {
        var low = 0
        var high = list.count
        while low < high {
            let middle = (low + high) >> 1
            if list[middle] < follower { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
