import Accounts
import Core
import EventLog
import SQL

/// Statements that change reposts.
enum ShareWrites {
    /// A repost as it is stored.
    struct Stored: Sendable {
        let position: Int64
        let author: Int64
        let postPosition: Int64
    }

    /// Inserts a repost, where there is none and the transaction finds that the post's author allows it.
    static func insert(
        _ post: ID<Post>, by sharer: ID<Account>, row: ID<RepostRow>, now: Int64, otherwise error: any Error
    ) -> Statement {
        Statement(
            """
            INSERT INTO reposts (position, bucket, sharer_id, post_id, created_at)
            SELECT $1, $2, $3, $4, $5 FROM posts p JOIN users a ON a.id = p.author_id
            WHERE p.id = $4 AND p.bucket = $6 AND p.state = 3 AND a.state = 0
                AND EXISTS (SELECT 1 FROM users WHERE id = $3 AND state = 0) AND \(SharePolicySQL.admits("$3"))
            ON CONFLICT DO NOTHING
            """,
            [
                .integer(row.rawValue), .integer(Int64(row.bucket)), .integer(sharer.rawValue),
                .integer(post.rawValue), .integer(now), .integer(Int64(post.bucket)),
            ], expecting: .rows(1, otherwise: error))
    }

    /// Lists the repost with the post.
    static func list(_ post: ID<Post>, by sharer: ID<Account>, row: ID<RepostRow>) -> Statement {
        Statement(
            "INSERT INTO post_shares (bucket, post_id, position, sharer_id) VALUES ($1, $2, $3, $4)",
            [
                .integer(Int64(post.bucket)), .integer(post.rawValue), .integer(row.rawValue),
                .integer(sharer.rawValue),
            ])
    }

    static func stored(_ post: ID<Post>, by sharer: ID<Account>, _ store: any SQLReader) throws -> Stored? {
        try store.first(
            """
            SELECT r.position, p.author_id, p.position FROM reposts r
            JOIN posts p ON p.id = r.post_id AND p.bucket = $4
            WHERE r.sharer_id = $1 AND r.bucket = $2 AND r.post_id = $3
            """,
            [
                .integer(sharer.rawValue), .integer(Int64(sharer.bucket)), .integer(post.rawValue),
                .integer(Int64(post.bucket)),
            ]
        ) { Stored(position: $0.int64(0), author: $0.int64(1), postPosition: $0.int64(2)) }
    }

    /// Deletes a repost and tells of it.
    static func delete(
        _ share: Stored, of post: ID<Post>, by sharer: ID<Account>, now: Int64, _ store: any SQLWriter
    ) throws {
        try store.execute(
            "DELETE FROM reposts WHERE position = $1 AND bucket = $2",
            [.integer(share.position), .integer(Int64(sharer.bucket))])
        try store.execute(
            "DELETE FROM post_shares WHERE bucket = $1 AND post_id = $2 AND position = $3",
            [.integer(Int64(post.bucket)), .integer(post.rawValue), .integer(share.position)])
        try Outbox.append(
            Event(
                .unshared, key: sharer.rawValue, subject: post.rawValue, object: share.author,
                position: share.position, list: [share.postPosition], occurredAt: now), in: store)
        store.announce(.unshared(post: post.rawValue, sharer: sharer.rawValue, position: share.position))
    }
}
