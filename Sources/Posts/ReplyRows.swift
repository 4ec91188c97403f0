import Accounts
import Core
import SQL

/// The rows by which the comments of a post are found. They lie with that post. There is one for every published comment, and one
/// for every comment that is gone while others hang below it.
package enum ReplyRows {
    /// Adds a reply, where what it answers is there and the post at the root of its thread lets its author comment, as the
    /// transaction finds both.
    static func insert(_ reply: Post, to parent: ID<Post>, root: ID<Post>) -> Statement {
        let isThere =
            parent == root
            ? "r.state = 3"
            : "EXISTS (SELECT 1 FROM posts p WHERE p.id = $2 AND p.bucket = $1 AND p.state = 3)"
        return Statement(
            """
            INSERT INTO replies (bucket, post_id, position)
            SELECT $1, $2, $3 FROM posts r WHERE r.id = $4 AND r.bucket = $5 AND \(isThere) AND \(isOpen(to: "$6"))
            """,
            [
                .integer(Int64(parent.bucket)), .integer(parent.rawValue), .integer(reply.position.rawValue),
                .integer(root.rawValue), .integer(Int64(root.bucket)), .integer(reply.author.rawValue),
            ], expecting: .rows(1, otherwise: PostsError.commentsClosed))
    }

    private static func isOpen(to commenter: String) -> String {
        """
        (r.comment_policy = 0 OR r.author_id = \(commenter) OR (r.comment_policy = 1 AND EXISTS (
            SELECT 1 FROM following WHERE follower_id = \(commenter) AND followee_id = r.author_id)))
        """
    }

    /// Whether the author of the post at the root of a thread lets an account write into it.
    static func isOpen(_ root: ID<Post>, to commenter: ID<Account>, _ store: any SQLReader) throws -> Bool {
        try store.integer(
            "SELECT count(*) FROM posts r WHERE r.id = $1 AND r.bucket = $2 AND \(isOpen(to: "$3"))",
            [.integer(root.rawValue), .integer(Int64(root.bucket)), .integer(commenter.rawValue)]) > 0
    }

    /// Where a comment stands.
    private struct Row {
        let comment: ID<Post>
        let position: Int64
        let parent: ID<Post>
        let depth: Int64
    }

    /// Takes a comment that is gone from its list, unless others hang below it: then it keeps its place. With it go, upwards, the
    /// places of those that are gone too and had nothing else below them.
    static func withdraw(
        _ comment: ID<Post>, at position: Int64, below parent: ID<Post>, _ store: any SQLWriter
    ) throws {
        var row = Row(comment: comment, position: position, parent: parent, depth: Int64(Limits.replyDepthMax))
        for _ in 0...Limits.replyDepthMax {
            // One of depth 1 answers the root of the thread, which is no comment.
            guard try deleteLeaf(row, store), row.depth > 1, let above = try gone(row.parent, store) else { return }
            row = above
        }
    }

    /// - Returns: whether nothing is below it, so that its row is gone.
    private static func deleteLeaf(_ row: Row, _ store: any SQLWriter) throws -> Bool {
        try store.execute(
            """
            DELETE FROM replies WHERE bucket = $1 AND post_id = $2 AND position = $3
                AND NOT EXISTS (SELECT 1 FROM replies below WHERE below.bucket = $4 AND below.post_id = $5)
            """,
            [
                .integer(Int64(row.parent.bucket)), .integer(row.parent.rawValue), .integer(row.position),
                .integer(Int64(row.comment.bucket)), .integer(row.comment.rawValue),
            ]) > 0
    }

    /// Where a comment stood that is gone; nil for one that is there, and for a post that is no comment.
    private static func gone(_ id: ID<Post>, _ store: any SQLReader) throws -> Row? {
        try store.first(
            """
            SELECT position, reply_to, depth FROM posts
            WHERE id = $1 AND bucket = $2 AND state IN (4, 5) AND reply_to IS NOT NULL
            """, [.integer(id.rawValue), .integer(Int64(id.bucket))]
        ) { Row(comment: id, position: $0.int64(0), parent: $0.id(1), depth: $0.int64(2)) }
    }

    /// Takes in what the likes of some posts grew by; those that are no replies, or gone, are passed over.
    /// - Parameter growth: by post id.
    package static func addLikes(_ growth: [Int64: Int64], dialect: Dialect, _ store: any SQLWriter) throws {
        guard !growth.isEmpty else { return }
        let replies = try store.query(
            """
            SELECT p.id, p.reply_to, p.position FROM list($1) AS wanted
            \(PostLayout(dialect).joinPost(where: "id", is: "wanted.value")) WHERE p.reply_to IS NOT NULL
            """, [.list(growth.keys.sorted())]
        ) { (id: $0.int64(0), parent: $0.id(1, Post.self), position: $0.int64(2)) }
        // In one order, so that two processes never wait for each other.
        for reply in replies.sorted(by: { $0.id < $1.id }) {
            try store.execute(
                "UPDATE replies SET likes = likes + $4 WHERE bucket = $1 AND post_id = $2 AND position = $3",
                [
                    .integer(Int64(reply.parent.bucket)), .integer(reply.parent.rawValue), .integer(reply.position),
                    .integer(growth[reply.id] ?? 0),
                ])
        }
    }

    /// Where a list of comments goes on: behind this row.
    struct Place: Hashable, Sendable {
        let likes: Int64
        let position: Position
    }

    /// The direct replies of a post behind `place`, nil for the first.
    static func page(
        of parent: ID<Post>, by order: CommentOrder, after place: Place?, limit: Int, _ store: any SQLReader
    ) throws -> [Place] {
        let (condition, direction, keys): (String, String, [Int64]) =
            switch order {
            case .newest: ("position < $4", "position DESC", [place?.position.rawValue ?? .max])
            case .oldest: ("position > $4", "position", [place?.position.rawValue ?? -1])
            case .top:
                (
                    "(likes, position) < ($4, $5)", "likes DESC, position DESC",
                    [place?.likes ?? .max, place?.position.rawValue ?? .max]
                )
            }
        return try store.query(
            """
            SELECT likes, position FROM replies WHERE bucket = $1 AND post_id = $2 AND \(condition)
            ORDER BY \(direction) LIMIT $3
            """,
            [.integer(Int64(parent.bucket)), .integer(parent.rawValue), .integer(Int64(limit))]
                + keys.map { .integer($0) }
        ) { Place(likes: max(0, $0.int64(0)), position: $0.position(1)) }
    }
}
