import Accounts
import Core
import SQL

/// Reads and writes of the tables of views.
package enum ViewRows {
    /// Counts views, each account's of one post no more often than once in `Limits.viewInterval`.
    /// - Returns: the posts of those that counted, with whether the account had not seen it before.
    static func add(
        _ posts: [ID<Post>], by viewer: ID<Account>, now: Int64, _ store: any SQLWriter
    ) throws -> [(post: Int64, isFirst: Bool)] {
        try store.query(
            """
            INSERT INTO post_views (bucket, post_id, account_id, views, seen_at)
            SELECT (value >> 12) & 1023, value, $2, 1, $3 FROM list($1) WHERE true
            ON CONFLICT (bucket, post_id, account_id)
            DO UPDATE SET views = post_views.views + 1, seen_at = excluded.seen_at WHERE post_views.seen_at <= $4
            RETURNING post_id, views
            """,
            [
                .list(posts.map(\.rawValue).sorted()), .integer(viewer.rawValue), .integer(now),
                .integer(now - Limits.viewInterval),
            ]
        ) { ($0.int64(0), $0.int64(1) == 1) }
    }

    /// What grew on one day.
    package struct Growth: Sendable {
        package var views: Int64 = 0
        package var reach: Int64 = 0
        package var reactions: Int64 = 0

        package init() {}
    }

    package static func count(_ growth: Growth, of post: ID<Post>, on day: Int64, _ store: any SQLWriter) throws {
        try store.execute(
            """
            INSERT INTO post_stats (bucket, post_id, day, views, reach, reactions) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (bucket, post_id, day) DO UPDATE SET views = post_stats.views + excluded.views,
                reach = post_stats.reach + excluded.reach, reactions = post_stats.reactions + excluded.reactions
            """,
            key(post) + [
                .integer(day), .integer(growth.views), .integer(growth.reach), .integer(growth.reactions),
            ])
    }

    /// The newest days first.
    static func days(of post: ID<Post>, limit: Int, _ store: any SQLReader) throws -> [PostStats.Day] {
        try store.query(
            """
            SELECT day, views, reach, reactions FROM post_stats WHERE bucket = $1 AND post_id = $2
            ORDER BY day DESC LIMIT $3
            """, key(post) + [.integer(Int64(limit))]
        ) { PostStats.Day(day: $0.int64(0), views: $0.int64(1), reach: $0.int64(2), reactions: $0.int64(3)) }
    }

    static func totals(of post: ID<Post>, _ store: any SQLReader) throws -> (views: Int64, reach: Int64) {
        let sums = try store.first(
            """
            SELECT CAST(coalesce(sum(views), 0) AS BIGINT), CAST(coalesce(sum(reach), 0) AS BIGINT) FROM post_stats
            WHERE bucket = $1 AND post_id = $2
            """, key(post)
        ) { ($0.int64(0), $0.int64(1)) }
        return sums ?? (0, 0)
    }

    private static func key(_ post: ID<Post>) -> [SQLValue] {
        [.integer(Int64(post.bucket)), .integer(post.rawValue)]
    }
}

extension Limits {
    /// Posts that one request says were seen.
    package static let seenPostsMax = 100
    /// After this long, in milliseconds, seeing a post again counts again.
    package static let viewInterval: Int64 = 1_800_000
    /// For how long it is kept who has seen a post, in milliseconds; counts are kept for good.
    package static let viewsKept: Int64 = 30 * 86_400_000
    /// Days that the statistics of a post list.
    package static let statsDaysMax = 90
}
