import Accounts
import Core
import SQL
import Text

/// Which posts have which hashtags, as rows that lie with the tag: its posts are one stretch of a key.
package enum TagRows {
    /// The rows of a new post.
    static func insert(_ tags: [HashtagKey], of post: Post) -> [Statement] {
        insert(tags, at: post.position.rawValue, author: post.author, visibility: post.visibility)
    }

    static func insert(
        _ tags: [HashtagKey], at position: Int64, author: ID<Account>, visibility: Visibility
    ) -> [Statement] {
        // In one order, so that two posts with the same tags never wait for each other.
        tags.sorted { $0.value < $1.value }.map { tag in
            Statement(
                "INSERT INTO post_tags (tag, position, author_id, visibility) VALUES ($1, $2, $3, $4)",
                [
                    .text(tag.value), .integer(position), .integer(author.rawValue), .integer(visibility.rawValue),
                ])
        }
    }

    /// The rows of a post that came from elsewhere.
    package static func insert(
        of text: String, at position: Int64, author: ID<Account>, visibility: Visibility, _ store: any SQLWriter
    ) throws {
        for tag in insert(PostEntities(text).tags, at: position, author: author, visibility: visibility) {
            try store.execute(tag.sql, tag.arguments)
        }
    }

    /// - Parameter text: that the rows were made of.
    static func delete(of text: String, at position: Int64, _ store: any SQLWriter) throws {
        for tag in PostEntities(text).tags.sorted(by: { $0.value < $1.value }) {
            try store.execute(
                "DELETE FROM post_tags WHERE tag = $1 AND position = $2", [.text(tag.value), .integer(position)])
        }
    }

    /// Positions of posts with a tag below `before`, the newest first.
    static func positions(
        tagged tag: String, before: Position, limit: Int, _ store: any SQLReader
    ) throws -> [Position] {
        try store.query(
            "SELECT position FROM post_tags WHERE tag = $1 AND position < $2 ORDER BY position DESC LIMIT $3",
            [.text(tag), .integer(before.rawValue), .integer(Int64(limit))]
        ) { $0.position(0) }
    }

    /// Positions of posts with any of the tags that an account follows, below `before`, the newest first, each once.
    static func positions(
        followedBy account: ID<Account>, before: Position, limit: Int, dialect: Dialect, _ store: any SQLReader
    ) throws -> [Position] {
        switch dialect {
        case .sqlite:
            let tags = try followed(by: account, store)
            let found = try tags.flatMap { try positions(tagged: $0, before: before, limit: limit, store) }
            return Array(Set(found).sorted(by: >).prefix(limit))
        case .postgreSQL:
            return try store.query(
                """
                SELECT DISTINCT newest.position FROM tag_follows f CROSS JOIN LATERAL (
                    SELECT position FROM post_tags WHERE tag = f.tag AND position < $2
                    ORDER BY position DESC LIMIT $3) AS newest
                WHERE f.account_id = $1 ORDER BY newest.position DESC LIMIT $3
                """, [.integer(account.rawValue), .integer(before.rawValue), .integer(Int64(limit))]
            ) { $0.position(0) }
        }
    }

    /// By name.
    static func followed(by account: ID<Account>, _ store: any SQLReader) throws -> [String] {
        try store.query(
            "SELECT tag FROM tag_follows WHERE account_id = $1 ORDER BY tag", [.integer(account.rawValue)]
        ) { $0.text(0) }
    }
}

extension Limits {
    /// Hashtags by which one post is found.
    package static let postTagsMax = 30
    package static let followedTagsMax = 100
}
