import Accounts
import Core
import SQL

/// The rows by which the comments of a post are found. They lie with that post.
package enum ReplyRows {
    /// Adds a reply, where the post at the root of its thread lets its author comment as the transaction finds it.
    static func insert(_ reply: Post, to parent: ID<Post>, root: ID<Post>) -> Statement {
        Statement(
            """
            INSERT INTO replies (bucket, post_id, position)
            SELECT $1, $2, $3 FROM posts r WHERE r.id = $4 AND r.bucket = $5 AND \(isOpen(to: "$6"))
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

    static func delete(position: Int64, of parent: ID<Post>, _ store: any SQLWriter) throws {
        try store.execute(
            "DELETE FROM replies WHERE bucket = $1 AND post_id = $2 AND position = $3",
            [.integer(Int64(parent.bucket)), .integer(parent.rawValue), .integer(position)])
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
