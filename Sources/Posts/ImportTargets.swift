import Accounts
import Core
import SQL

/// A post that an import shares or answers.
struct ImportTarget: Hashable {
    let id: ID<Post>
    let author: ID<Account>
    let position: Int64
    let root: ID<Post>?
    let depth: Int
}

/// Finds what the activities of a batch may share and answer: only what is for everyone.
struct ImportTargets {
    private struct Pair: Hashable {
        let blocker: Int64
        let blocked: Int64
    }

    private let open: Set<Int64>
    private let blocks: Set<Pair>

    init(_ posts: [ImportedPost], _ store: any SQLReader) throws {
        let accounts = Set(posts.flatMap { post in post.target.map { [$0.rawValue, post.author.rawValue] } ?? [] })
        guard !accounts.isEmpty else {
            (open, blocks) = ([], [])
            return
        }
        let list = SQLValue.list(accounts.sorted())
        open = Set(
            try store.query(
                """
                SELECT u.id FROM list($1) AS ids JOIN users u ON u.id = ids.value
                WHERE u.state = 0 AND u.is_private = 0
                """, [list]
            ) { $0.int64(0) })
        blocks = Set(
            try store.query(
                "SELECT b.blocker_id, b.blocked_id FROM list($1) AS ids JOIN blocks b ON b.blocker_id = ids.value",
                [list]
            ) { Pair(blocker: $0.int64(0), blocked: $0.int64(1)) })
    }

    /// Whether the first account can do something with a post of the other's.
    func mayMeet(_ actor: ID<Account>, _ target: ID<Account>) -> Bool {
        open.contains(target.rawValue)
            && !blocks.contains(Pair(blocker: actor.rawValue, blocked: target.rawValue))
            && !blocks.contains(Pair(blocker: target.rawValue, blocked: actor.rawValue))
    }

    /// The newest post of `account` from before `activity` that it can share, once each, or answer.
    func newest(
        before activity: ImportedPost, of account: ID<Account>, _ store: any SQLReader
    ) throws -> ImportTarget? {
        let place = Snowflake(unixMilliseconds: activity.writtenAt, bucket: 0, low: 0).rawValue
        let (condition, arguments) = Self.condition(on: activity)
        return try store.first(
            """
            SELECT p.id, p.author_id, p.position, p.root_id, p.depth FROM posts p
            WHERE p.author_id = $1 AND p.bucket = $2 AND p.position < $3 AND p.state = 3 AND p.visibility = 0
                AND \(ThreadSQL.isForEveryone) AND \(condition) ORDER BY p.position DESC LIMIT 1
            """, [.integer(account.rawValue), .integer(Int64(account.bucket)), .integer(place)] + arguments
        ) { row in
            ImportTarget(
                id: row.id(0), author: row.id(1), position: row.int64(2),
                root: row.optionalInt64(3).map { ID($0) }, depth: Int(row.int64(4)))
        }
    }

    private static func condition(on activity: ImportedPost) -> (sql: String, arguments: [SQLValue]) {
        guard activity.kind == .repost else {
            let root = "coalesce(p.root_id, p.id)"
            return (
                """
                p.depth < \(Limits.replyDepthMax) AND EXISTS (SELECT 1 FROM posts t
                    WHERE t.id = \(root) AND t.bucket = ((\(root) >> 12) & 1023) AND t.comment_policy = 0)
                """, []
            )
        }
        let sharer = activity.author
        return (
            """
            p.share_policy = 0 AND NOT EXISTS (
                SELECT 1 FROM reposts r WHERE r.sharer_id = $4 AND r.bucket = $5 AND r.post_id = p.id)
            """, [.integer(sharer.rawValue), .integer(Int64(sharer.bucket))]
        )
    }
}
