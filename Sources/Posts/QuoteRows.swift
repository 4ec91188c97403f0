import Accounts
import Core
import SQL

/// The rows by which the quotes of a post are found. They lie with that post.
enum QuoteRows {
    /// Adds a quote, where the transaction finds that the quoted post's author lets this account share it.
    static func insert(_ post: Post, of quote: Quote) -> Statement {
        Statement(
            """
            INSERT INTO quotes (bucket, post_id, position)
            SELECT $1, $2, $3 FROM posts p JOIN users a ON a.id = p.author_id
            WHERE p.id = $2 AND p.bucket = $1 AND p.state = 3 AND a.state = 0 AND \(SharePolicySQL.admits("$4"))
            """,
            [
                .integer(Int64(quote.post.bucket)), .integer(quote.post.rawValue), .integer(post.position.rawValue),
                .integer(post.author.rawValue),
            ], expecting: .rows(1, otherwise: PostsError.sharingClosed))
    }

    static func delete(position: Int64, of quote: Quote, _ store: any SQLWriter) throws {
        try store.execute(
            "DELETE FROM quotes WHERE bucket = $1 AND post_id = $2 AND position = $3",
            [.integer(Int64(quote.post.bucket)), .integer(quote.post.rawValue), .integer(position)])
    }

    /// The posts that quote a post, the newest first.
    static func page(
        of post: ID<Post>, before: Position, limit: Int, _ store: any SQLReader
    ) throws -> [Position] {
        try store.query(
            """
            SELECT position FROM quotes WHERE bucket = $1 AND post_id = $2 AND position < $3
            ORDER BY position DESC LIMIT $4
            """,
            [
                .integer(Int64(post.bucket)), .integer(post.rawValue), .integer(before.rawValue),
                .integer(Int64(limit)),
            ]
        ) { $0.position(0) }
    }
}
