import Accounts
import Core
import SQL

/// The place of a comment that was deleted or removed while others hang below it: that there was one, and nothing of what it
/// said or of who wrote it. It is the same for everyone who may see the thread, since a place that came and went with what its
/// reader does to an account, a mute for one, would tell whose comment it was.
package struct DeletedComment: Sendable, Hashable {
    package let id: ID<Post>
    package let position: Position
    package let replyTo: ID<Post>
    package let rootID: ID<Post>
    package let createdAt: Int64
    /// Comments below it, at any depth, that everybody sees.
    package let comments: Int64
}

/// What a list of comments holds.
package enum ListedComment: Sendable {
    case comment(PostService.Shown)
    case deleted(DeletedComment)

    /// Nil for one that is gone.
    package var shown: PostService.Shown? {
        guard case .comment(let shown) = self else { return nil }
        return shown
    }
}

extension PostQueries {
    /// By what places of deleted comments are looked for.
    enum PlaceKey: String {
        case id, position
    }

    /// Those of these comments that are gone and keep their place: they were for everyone, by an account that is not private,
    /// and something is below them that everybody sees. Less, and a place would tell what only some may know.
    static func deletedComments(
        _ wanted: [Int64], by key: PlaceKey, dialect: Dialect, _ store: any SQLReader
    ) throws -> [DeletedComment] {
        let layout = PostLayout(dialect)
        return try store.query(
            """
            SELECT p.id, p.position, p.reply_to, p.root_id, p.created_at, c.comments FROM list($1) AS wanted
            \(layout.joinPost(where: key.rawValue, is: "wanted.value"))
            \(layout.joinCounters)
            WHERE p.state IN (4, 5) AND p.reply_to IS NOT NULL AND p.visibility = 0 AND c.comments > 0
                AND (SELECT u.is_private FROM users u WHERE u.id = p.author_id) = 0
                AND (SELECT 1 FROM replies r WHERE r.bucket = p.bucket AND r.post_id = p.id LIMIT 1) = 1
            """, [.list(wanted)]
        ) { row in
            DeletedComment(
                id: row.id(0), position: row.position(1), replyTo: row.id(2), rootID: row.id(3),
                createdAt: row.int64(4), comments: row.int64(5))
        }
    }
}
