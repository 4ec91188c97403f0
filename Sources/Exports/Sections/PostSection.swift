import Accounts
import Core
import Posts
import SQL

/// The account's posts and comments that are not deleted, with their earlier versions and polls.
struct PostSection: ExportSection {
    struct Version: Codable, Sendable {
        let version: Int64
        let content: String
        let visibility: String
        let writtenAt: ExportedTime
    }

    struct Poll: Codable, Sendable {
        let options: [String]
        let multiple: Bool
        let hideTotals: Bool
        let expiresAt: ExportedTime
    }

    /// A post that is answered or quoted.
    struct Other: Codable, Sendable {
        let postId: ExportedID
        let userId: ExportedID
        /// Its place in feeds, where that is not its id.
        let position: ExportedID?
    }

    struct Item: Codable, Sendable {
        let postId: ExportedID
        /// Its place in feeds, where that is not its id: it was published later than written, or before there was a Starling.
        let position: ExportedID?
        let state: String
        let visibility: String
        let content: String
        let version: Int64
        let createdAt: ExportedTime
        let editedAt: ExportedTime?
        /// Who may comment below it.
        let comments: String
        let sharePolicy: String
        let replyTo: Other?
        let quoteOf: Other?
        var poll: Poll?
        var history: [Version]

        var place: ExportedID { position ?? postId }
    }

    let name = "posts"
    let tables = ["posts", "post_revisions", "polls"]
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
        for index in items.indices {
            let post = items[index].1.postId
            items[index].1.history = try history(of: post, store)
            items[index].1.poll = try poll(of: post, store)
        }
        return items.map { (key: $0.0, item: $0.1) }
    }

    func key(of item: Item) -> Int64? { item.place.value }

    private func item(_ row: any SQLRow) -> Item {
        let (place, id) = (row.exportedID(0), row.exportedID(1))
        let quoted = row.optionalExportedID(12)
        let quotedPlace = row.optionalExportedID(14)
        return Item(
            postId: id, position: place == id ? nil : place,
            state: (PostState(rawValue: row.int64(2)) ?? .removed).name,
            visibility: (Visibility(rawValue: row.int64(3)) ?? .author).name, content: row.text(4),
            version: row.int64(5), createdAt: row.time(6), editedAt: row.optionalTime(7),
            comments: (CommentPolicy(rawValue: row.int64(8)) ?? .closed).name,
            sharePolicy: (SharePolicy(rawValue: row.int64(9)) ?? .nobody).name,
            replyTo: row.optionalExportedID(10).map { Other(postId: $0, userId: row.exportedID(11), position: nil) },
            quoteOf: quoted.map {
                Other(postId: $0, userId: row.exportedID(13), position: quotedPlace == $0 ? nil : quotedPlace)
            }, poll: nil, history: [])
    }

    private func history(of post: ExportedID, _ store: any SQLReader) throws -> [Version] {
        try store.query(
            """
            SELECT version, content, visibility, written_at FROM post_revisions WHERE post_id = $1 ORDER BY version
            """, [post.sql]
        ) { row in
            Version(
                version: row.int64(0), content: row.text(1),
                visibility: (Visibility(rawValue: row.int64(2)) ?? .author).name, writtenAt: row.time(3))
        }
    }

    private func poll(of post: ExportedID, _ store: any SQLReader) throws -> Poll? {
        try store.first(
            "SELECT options, is_multiple, hides_totals, closes_at FROM polls WHERE bucket = $1 AND post_id = $2",
            [.integer(Int64(post.id(Post.self).bucket)), post.sql]
        ) { row in
            Poll(
                options: row.text(0).split(separator: "\n", omittingEmptySubsequences: false).map(String.init),
                multiple: row.flag(1), hideTotals: row.flag(2), expiresAt: row.time(3))
        }
    }
}

extension PostState {
    var name: String {
        switch self {
        case .draft: "draft"
        case .scheduled: "scheduled"
        case .held: "held"
        case .published: "published"
        case .removed: "removed"
        case .deleted: "deleted"
        }
    }

    /// - Returns: nil for what no post of an archive is.
    init?(name: String) {
        let all: [PostState] = [.draft, .scheduled, .held, .published, .removed]
        guard let state = all.first(where: { $0.name == name }) else { return nil }
        self = state
    }
}
