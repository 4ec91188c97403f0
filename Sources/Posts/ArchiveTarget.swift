import Accounts
import Core
import SQL

/// A post that is here and that an account may point at which comes back with an archive: its own, or one that it may see here.
package struct ArchiveTarget: Sendable {
    package let id: ID<Post>
    package let author: ID<Account>
    package let position: Int64
    package let root: ID<Post>
    package let depth: Int
    /// Whether the account may repost and quote it.
    package let mayBeShared: Bool

    package static func find(
        _ post: ID<Post>, for account: ID<Account>, _ store: any SQLReader
    ) throws -> ArchiveTarget? {
        try store.first(
            """
            SELECT p.author_id, p.position, coalesce(p.root_id, p.id), p.depth,
                CASE WHEN \(SharePolicySQL.admits("$3")) THEN 1 ELSE 0 END
            FROM posts p JOIN users a ON a.id = p.author_id
            WHERE p.id = $1 AND p.bucket = $2 AND p.state = 3 AND (p.author_id = $3 OR (a.state = 0 AND \(admits)
                AND \(ThreadSQL.admits("$3"))
                AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = $3 AND blocked_id = p.author_id)
                AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = p.author_id AND blocked_id = $3)))
            """, [.integer(post.rawValue), .integer(Int64(post.bucket)), .integer(account.rawValue)]
        ) { row in
            ArchiveTarget(
                id: post, author: row.id(0), position: row.int64(1), root: row.id(2), depth: Int(row.int64(3)),
                mayBeShared: row.flag(4))
        }
    }

    /// As `PostVisibility` has it.
    private static let admits = """
        ((p.visibility = 0 AND a.is_private = 0)
            OR (p.visibility IN (0, 1) AND EXISTS (
                SELECT 1 FROM following WHERE follower_id = $3 AND followee_id = p.author_id))
            OR (p.visibility = 3 AND EXISTS (
                SELECT 1 FROM close_friends WHERE account_id = p.author_id AND friend_id = $3)))
        """

    /// Whether the account may comment below it, as the author of the post at the root of its thread lets it.
    package func mayBeAnswered(by account: ID<Account>, _ store: any SQLReader) throws -> Bool {
        guard depth < Limits.replyDepthMax, try Self.find(root, for: account, store) != nil else { return false }
        return try ReplyRows.isOpen(root, to: account, store)
    }

    /// Whether there is such a post, for whomever.
    package static func isHere(_ post: ID<Post>, _ store: any SQLReader) throws -> Bool {
        try store.integer(
            "SELECT count(*) FROM posts WHERE id = $1 AND bucket = $2",
            [.integer(post.rawValue), .integer(Int64(post.bucket))]) == 1
    }
}
