import Accounts
import Core
import SQL

/// Statements that change the posts' tables.
enum PostWrites {
    /// Inserts the post of an account that is active: one that was deleted meanwhile leaves nothing behind.
    static func insert(_ post: Post, content: String) -> Statement {
        Statement(
            """
            INSERT INTO posts (id, bucket, author_id, position, state, visibility, content, reply_to, reply_to_author,
                root_id, depth, created_at, share_policy, quote_of, quote_author, quote_position,
                has_poll)
            SELECT $1, $2, $3, $4, 3, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16
            FROM users WHERE id = $3 AND state = 0
            """,
            [
                .integer(post.id.rawValue), .integer(Int64(post.id.bucket)), .integer(post.author.rawValue),
                .integer(post.position.rawValue), .integer(post.visibility.rawValue), .text(content),
                .integer(post.replyTo?.rawValue), .integer(post.replyToAuthor?.rawValue),
                .integer(post.rootID?.rawValue), .integer(Int64(post.depth)), .integer(post.createdAt),
                .integer(post.sharePolicy.rawValue), .integer(post.quote?.post.rawValue),
                .integer(post.quote?.author.rawValue), .integer(post.quote?.position.rawValue),
                .integer(post.hasPoll ? 1 : 0),
            ], expecting: .rows(1, otherwise: AccountsError.unauthenticated(.accountInactive)))
    }
}
