import Core
import Posts
import SQL

/// Counters of a post that differ from its rows.
struct PostDrift: Sendable {
    struct Kind: Hashable, Sendable {
        let kind: Int64
        let count: Int64
    }

    let post: ID<Post>
    let position: Int64
    /// What is missing in the counters, by their columns.
    var missing: [String: Int64] = [:]
    /// Reactions of the kinds that are counted wrong, as their rows say.
    var kinds: Set<Kind> = []
    /// Reactions, as their rows say.
    var likes: Int64 = 0
    /// Where the post is listed as a comment, and with a wrong number of likes.
    var listedBelow: Int64?
    /// Whether what it answers and quotes counts it, and should not, or the other way about.
    var isCountedWrong = false
    /// What decides that is a state of the author.
    let author: Int64

    var count: Int {
        missing.values.filter { $0 != 0 }.count + kinds.count + (listedBelow == nil ? 0 : 1) + (isCountedWrong ? 1 : 0)
    }
}

extension PostDrift {
    /// Posts above a position in the order of their positions, with how many rows their counters stand for.
    static func slice(
        above position: Int64, through last: Int64, _ layout: PostLayout, _ store: any SQLReader
    ) throws -> [CountedSlice.Item] {
        try store.query(
            """
            SELECT p.id, p.position, coalesce(c.likes, 0) + coalesce(c.comments, 0) + coalesce(c.shares, 0)
                + coalesce(c.quotes, 0)
            FROM posts p \(layout.joinCounters) WHERE p.position > $1 AND p.position <= $3
            ORDER BY p.position LIMIT $2
            """, [.integer(position), .integer(Int64(Limits.reconciledAtOnce)), .integer(last)]
        ) { CountedSlice.Item(id: $0.int64(0), place: $0.int64(1), rows: $0.int64(2)) }
    }

    /// Those of these posts that are counted wrong.
    static func found(among posts: [Int64], _ layout: PostLayout, _ store: any SQLReader) throws -> [PostDrift] {
        let comments = try Self.comments(below: posts, layout, store)
        let (given, counted) = (try kinds(of: posts, store), try countedKinds(of: posts, store))
        return try store.query(PostDriftSQL.counters(layout), [.list(posts)]) { row in
            var drift = PostDrift(post: row.id(0), position: row.int64(1), author: row.int64(2))
            let id = drift.post.rawValue
            let (truth, stored) = (given[id] ?? [], counted[id] ?? [])
            drift.likes = truth.reduce(0) { $0 + $1.count }
            drift.missing = [
                "likes": drift.likes - row.int64(3), "comments": (comments[id] ?? 0) - row.int64(4),
                "shares": row.int64(5), "quotes": row.int64(6),
            ]
            let named = Set(truth.map(\.kind))
            let ungiven = stored.filter { $0.count != 0 && !named.contains($0.kind) }
            drift.kinds = truth.subtracting(stored).union(ungiven.map { Kind(kind: $0.kind, count: 0) })
            if let listed = row.optionalInt64(8), listed != drift.likes { drift.listedBelow = row.int64(7) }
            drift.isCountedWrong = row.flag(9)
            return drift
        }.filter { $0.count > 0 }
    }

    private static func comments(
        below posts: [Int64], _ layout: PostLayout, _ store: any SQLReader
    ) throws -> [Int64: Int64] {
        let found = try store.query(PostDriftSQL.comments(layout), [.list(posts)]) { ($0.int64(0), $0.int64(1)) }
        return Dictionary(found) { $1 }
    }

    private static func kinds(of posts: [Int64], _ store: any SQLReader) throws -> [Int64: Set<Kind>] {
        try byPost(
            """
            SELECT r.post_id, r.kind, count(*) FROM list($1) AS k
            JOIN reactions r ON r.bucket = ((k.value >> 12) & 1023) AND r.post_id = k.value GROUP BY r.post_id, r.kind
            """, posts, store)
    }

    private static func countedKinds(of posts: [Int64], _ store: any SQLReader) throws -> [Int64: Set<Kind>] {
        try byPost(
            """
            SELECT c.post_id, c.kind, c.count FROM list($1) AS k
            JOIN reaction_counters c ON c.bucket = ((k.value >> 12) & 1023) AND c.post_id = k.value
            """, posts, store)
    }

    private static func byPost(
        _ sql: String, _ posts: [Int64], _ store: any SQLReader
    ) throws -> [Int64: Set<Kind>] {
        let rows = try store.query(sql, [.list(posts)]) { row in
            (row.int64(0), Kind(kind: row.int64(1), count: row.int64(2)))
        }
        return Dictionary(grouping: rows) { $0.0 }.mapValues { Set($0.map(\.1)) }
    }
}
