import Accounts
import Core
import KeyValue
import SQL
import SocialGraph

/// What reposts stand for, and who shared a post, in memory, never older than an acknowledged change.
package final class RepostLibrary: CommitObserver, Sendable {
    private let database: any Database
    private let places: CoherentCache<Position, Repost?>
    private let sharers: CoherentCache<ID<Post>, Sharers>

    /// Registers itself with the database.
    package init(database: any Database) {
        self.database = database
        places = CoherentCache(name: "reposts", costMax: Limits.repostsHeld, lease: database.cacheLease)
        sharers = CoherentCache(
            name: "sharers", costMax: Limits.repostsHeld, lease: database.cacheLease, cost: { 4 + $1.count })
        database.observe(self)
    }

    package func committed(_ changes: [Change]) {
        for change in changes {
            switch change {
            case .shared(let post, let sharer, let position):
                sharers.update(ID(post)) { $0.insert(Sharing(position: Position(position), sharer: ID(sharer))) }
                places.invalidate(Position(position))
            case .unshared(let post, let sharer, let position):
                sharers.update(ID(post)) { $0.remove(Sharing(position: Position(position), sharer: ID(sharer))) }
                places.invalidate(Position(position))
            case .post(let post, _, _): sharers.invalidate(ID(post))
            case .bulk:
                places.invalidateAll()
                sharers.invalidateAll()
            default: break
            }
        }
    }

    /// What memory says of a position that is no post's; never blocks. Outer nil: not known. Inner nil: no repost's either.
    package func cached(_ position: Position) -> Repost?? {
        places.peek(position)
    }

    /// Who of those in the viewer's home feed shared a post, where memory knows; never blocks.
    package func cachedSharings(of post: ID<Post>, for relations: Relations) -> [Sharing]? {
        sharers.peek(post) { $0.pointee.isWhole ? $0.pointee.among(relations) : nil } ?? nil
    }

    /// The reposts at these positions; those that are gone are missing from the answer.
    package func reposts(at positions: [Position]) async throws -> [Position: Repost] {
        guard !positions.isEmpty else { return [:] }
        let found = try await places.load(positions) { [database] missing in
            let dialect = database.dialect
            let rows = try await database.read { try RepostQueries.reposts(at: missing, dialect: dialect, $0) }
            return Dictionary(uniqueKeysWithValues: missing.map { ($0, rows[$0]) })
        }
        return found.compactMapValues(\.self)
    }

    /// Who of those in the viewer's home feed, or on a list, shared each of these posts, the first first.
    package func sharings(
        of posts: [ID<Post>], for relations: Relations, in scope: ListScope? = nil
    ) async throws -> [ID<Post>: [Sharing]] {
        guard !posts.isEmpty else { return [:] }
        let lists = try await sharers.load(posts) { [database] missing in
            try await database.read { store in
                try Dictionary(
                    uniqueKeysWithValues: missing.map { ($0, try RepostQueries.sharers(of: $0, store)) })
            }
        }
        var found: [ID<Post>: [Sharing]] = [:]
        for (post, list) in lists {
            found[post] =
                list.isWhole
                ? list.among(relations, in: scope) : try await storedSharings(of: post, for: relations, in: scope)
        }
        return found
    }

    private func storedSharings(
        of post: ID<Post>, for relations: Relations, in scope: ListScope?
    ) async throws -> [Sharing] {
        let (sharers, dialect) = (scope?.members.values ?? relations.homeAuthors, database.dialect)
        let rows = try await database.read { store in
            try RepostQueries.sharings(of: post, by: sharers, dialect: dialect, store)
        }
        return Sharers(rows).among(relations, in: scope)
    }
}
