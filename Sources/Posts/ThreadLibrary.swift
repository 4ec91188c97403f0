import Accounts
import Core
import KeyValue
import SQL

/// The posts at the roots of threads, deleted ones too, in memory: bounded, and never older than an acknowledged change.
package final class ThreadLibrary: CommitObserver, Sendable {
    /// What is held of one.
    struct Root: Sendable {
        let author: ID<Account>
        let visibility: Visibility
    }

    private let database: any Database
    private let cache: CoherentCache<ID<Post>, Root>

    /// Registers itself with the database.
    package init(database: any Database) {
        self.database = database
        cache = CoherentCache(name: "threads", costMax: Limits.threadRootsHeld, lease: database.cacheLease)
        database.observe(self)
    }

    package func committed(_ changes: [Change]) {
        for change in changes {
            switch change {
            case .post(let id, _, _): cache.invalidate(ID(id))
            case .bulk: cache.invalidateAll()
            default: break
            }
        }
    }

    /// What memory says of the root of the thread that a post is in; never blocks. Outer nil: not known. Inner nil: the post
    /// is no comment.
    package func cached(of post: Post, in directory: AccountDirectory) -> ThreadRoot?? {
        guard let id = post.rootID else { return .some(nil) }
        guard let root = cache.peek(id), let author = directory.cached(root.author) else { return nil }
        return ThreadRoot(visibility: root.visibility, author: author.standing)
    }

    /// The root of the thread that a post is in; nil for one that is no comment.
    package func root(of post: Post, in directory: AccountDirectory) async throws -> ThreadRoot? {
        guard post.rootID != nil else { return nil }
        return try await roots(of: CollectionOfOne(post), in: directory)[of: post]
    }

    /// The roots of the threads that those of these posts are in which are comments. Others cost nothing.
    package func roots(of posts: some Sequence<Post>, in directory: AccountDirectory) async throws -> ThreadRoots {
        let wanted = Set(posts.lazy.compactMap(\.rootID))
        guard !wanted.isEmpty else { return ThreadRoots() }
        return ThreadRoots(try await roots(Array(wanted), in: directory))
    }

    /// The post at the root of a thread; nil where nothing is known of it.
    func root(_ id: ID<Post>, in directory: AccountDirectory) async throws -> ThreadRoot? {
        try await roots([id], in: directory)[id]
    }

    private func roots(
        _ wanted: [ID<Post>], in directory: AccountDirectory
    ) async throws -> [ID<Post>: ThreadRoot] {
        let found = try await cache.load(wanted) { [database] missing in
            let dialect = database.dialect
            return try await database.read { try PostQueries.roots(missing, dialect: dialect, $0) }
        }
        let authors = try await directory.cards(Array(Set(found.values.map(\.author))))
        return found.compactMapValues { root in
            authors[root.author].map { ThreadRoot(visibility: root.visibility, author: $0.standing) }
        }
    }
}

extension PostQueries {
    /// What comments below these posts rest on, whether the posts are still there or not.
    static func roots(
        _ ids: [ID<Post>], dialect: Dialect, _ store: any SQLReader
    ) throws -> [ID<Post>: ThreadLibrary.Root] {
        let rows = try store.query(
            """
            SELECT p.id, p.author_id, p.visibility FROM list($1) AS wanted
            \(PostLayout(dialect).joinPost(where: "id", is: "wanted.value")) WHERE p.state >= 3
            """, [.list(ids.map(\.rawValue))]
        ) { row in
            (
                row.id(0, Post.self),
                ThreadLibrary.Root(author: row.id(1), visibility: Visibility(rawValue: row.int64(2)) ?? .author)
            )
        }
        return Dictionary(rows) { first, _ in first }
    }
}

extension Limits {
    /// The bound on the roots of threads that are in memory.
    static let threadRootsHeld = 200_000
}
