import Accounts
import Core
import KeyValue
import SQL

/// The marks of those who read, in memory, never older than an acknowledged change.
package final class ViewerMarksCache: CommitObserver, Sendable {
    private let database: any Database
    private let cache: CoherentCache<ID<Account>, ViewerMarks>

    /// Registers itself with the database.
    package init(database: any Database) {
        self.database = database
        cache = CoherentCache(
            name: "viewer_marks", costMax: Limits.viewerMarksBytesMax, lease: database.cacheLease,
            cost: { 128 + 32 * $1.count })
        database.observe(self)
    }

    package func committed(_ changes: [Change]) {
        for change in changes {
            switch change {
            case .marked(let account, let post, let mask, let value),
                .feedback(let account, let post, let mask, let value):
                cache.update(ID(account)) { $0.set(post, mask: mask, value: value) }
            case .accountErased(let id): cache.invalidate(ID(id))
            case .bulk: cache.invalidateAll()
            default: break
            }
        }
    }

    /// What the viewer did with posts, if it is in memory; never blocks.
    package func cached(_ viewer: ID<Account>) -> ViewerMarks? {
        cache.peek(viewer)
    }

    /// What the viewer did with each of these posts; those with nothing are missing.
    package func flags(of posts: [ID<Post>], viewer: ID<Account>) async throws -> [ID<Post>: ViewerFlags] {
        // Also for no posts: pages are answered from memory only where the marks are there.
        let marks = try await marks(of: viewer)
        var found: [ID<Post>: ViewerFlags] = [:]
        var unknown: [Int64] = []
        for post in posts {
            guard let flags = marks.flags(of: post.rawValue) else {
                unknown.append(post.rawValue)
                continue
            }
            if flags != .none { found[post] = flags }
        }
        guard !unknown.isEmpty else { return found }
        let asked = unknown
        let older = try await database.read { try MarkQueries.flags(of: asked, by: viewer, $0) }
        for (post, flags) in older { found[ID(post)] = flags }
        return found
    }

    /// Forgets what is known of an account, where the store was found to say otherwise.
    package func forget(_ viewer: ID<Account>) {
        cache.invalidate(viewer)
    }

    private func marks(of viewer: ID<Account>) async throws -> ViewerMarks {
        let loaded = try await cache.load([viewer]) { [database] viewers in
            try await database.read { store in
                try Dictionary(uniqueKeysWithValues: viewers.map { ($0, try MarkQueries.newest(of: $0, store)) })
            }
        }
        return loaded[viewer] ?? ViewerMarks(newestFirst: [], isWhole: false)
    }
}
