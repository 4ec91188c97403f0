import Accounts
import Core
import EventLog
import SQL

/// How a post has fared, for its author.
package struct PostStats: Sendable {
    package struct Day: Sendable {
        /// Since 1970, of UTC.
        package let day: Int64
        package let views: Int64
        package let reach: Int64
        /// Those given, without those taken back.
        package let reactions: Int64
    }

    package let card: PostCard
    package let views: Int64
    /// The accounts that saw it.
    package let reach: Int64
    /// The newest first; days without anything are left out.
    package let days: [Day]
}

extension PostService {
    /// Notes that the viewer has had posts in sight. Those that the viewer may not see, and the viewer's own, are passed over.
    /// - Parameter posts: no more than `Limits.seenPostsMax`.
    package func noteSeen(_ posts: [ID<Post>], by viewer: ID<Account>) async throws {
        let seen = try await self.posts(Array(Set(posts)), viewer: viewer).map(\.card.post).filter {
            $0.author != viewer
        }
        guard !seen.isEmpty else { return }
        let (ids, now) = (seen.map(\.id), clock.now())
        try await database.write { store in
            let counted = try ViewRows.add(ids, by: viewer, now: now, store)
            guard !counted.isEmpty else { return }
            try Outbox.append(
                Event(
                    .viewed, key: viewer.rawValue, subject: 0,
                    list: counted.flatMap { [$0.post, $0.isFirst ? 1 : 0] }, occurredAt: now), in: store)
        }
    }

    /// - Throws: `PostsError.notFound` for a post that is not there or not the viewer's own.
    package func stats(of id: ID<Post>, viewer: ID<Account>) async throws -> PostStats {
        let card = try await post(id, viewer: viewer).card
        guard card.post.author == viewer else { throw PostsError.notFound }
        return try await database.read { store in
            let totals = try ViewRows.totals(of: id, store)
            return PostStats(
                card: card, views: totals.views, reach: totals.reach,
                days: try ViewRows.days(of: id, limit: Limits.statsDaysMax, store))
        }
    }

    /// Forgets who saw what long ago.
    /// - Returns: how many rows.
    @discardableResult
    package func purgeViews() async throws -> Int {
        let oldest = clock.now() - Limits.viewsKept
        return try await database.write { store in
            try store.execute("DELETE FROM post_views WHERE seen_at < $1", [.integer(oldest)])
        }
    }
}
