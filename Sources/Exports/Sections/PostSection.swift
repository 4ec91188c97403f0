import Accounts
import Core
import Posts
import SQL

/// The account's posts and comments that are not deleted, drafts too, with their earlier versions.
struct PostSection: ExportSection {
    struct Version: Codable, Sendable {
        let version: Int64
        let content: String
        let visibility: String
        let writtenAt: ExportedTime
    }

    struct Item: Codable, Sendable {
        struct Answered: Codable, Sendable {
            let post: ExportedID
            let author: ExportedID
        }

        struct Quoted: Codable, Sendable {
            let post: ExportedID
            let author: ExportedID
            let position: ExportedID
        }

        let post: ExportedID
        let position: ExportedID
        let state: Int64
        let visibility: String
        let content: String
        let version: Int64
        let createdAt: ExportedTime
        let editedAt: ExportedTime?
        let comments: String
        let sharing: String
        let replyTo: Answered?
        let quoteOf: Quoted?
        var history: [Version]
    }

    let name = "posts"
    let tables = ["posts", "post_revisions"]
    /// A post can have a hundred earlier versions of 20 KB.
    let pageSize = 16

    func items(
        of account: ID<Account>, after key: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [(key: Int64, item: Item)] {
        var items = try store.query(
            """
            SELECT position, id, state, visibility, content, version, created_at, edited_at, comment_policy,
                share_policy, reply_to, reply_to_author, quote_of, quote_author, quote_position
            FROM posts WHERE author_id = $1 AND bucket = $2 AND position > $3 AND state <> 5
            ORDER BY position LIMIT $4
            """,
            [
                .integer(account.rawValue), .integer(Int64(account.bucket)), .integer(key), .integer(Int64(limit)),
            ]
        ) { ($0.int64(0), item($0)) }
        for index in items.indices { items[index].1.history = try history(of: items[index].1.post, store) }
        return items.map { (key: $0.0, item: $0.1) }
    }

    private func item(_ row: any SQLRow) -> Item {
        Item(
            post: row.exportedID(1), position: row.exportedID(0), state: row.int64(2),
            visibility: (Visibility(rawValue: row.int64(3)) ?? .author).name, content: row.text(4),
            version: row.int64(5), createdAt: row.time(6), editedAt: row.optionalInt64(7).map { ExportedTime($0) },
            comments: (CommentPolicy(rawValue: row.int64(8)) ?? .closed).name,
            sharing: (SharePolicy(rawValue: row.int64(9)) ?? .nobody).name,
            replyTo: row.isNull(10) ? nil : .init(post: row.exportedID(10), author: row.exportedID(11)),
            quoteOf: row.isNull(12)
                ? nil
                : .init(post: row.exportedID(12), author: row.exportedID(13), position: row.exportedID(14)),
            history: [])
    }

    private func history(of post: ExportedID, _ store: any SQLReader) throws -> [Version] {
        try store.query(
            """
            SELECT version, content, visibility, written_at FROM post_revisions WHERE post_id = $1 ORDER BY version
            """, [.integer(post.value)]
        ) { row in
            Version(
                version: row.int64(0), content: row.text(1),
                visibility: (Visibility(rawValue: row.int64(2)) ?? .author).name, writtenAt: row.time(3))
        }
    }
}
