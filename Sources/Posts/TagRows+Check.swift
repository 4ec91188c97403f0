import Accounts
import Core
import SQL
import Text

/// Holds rows of hashtags against the texts that they come of.
extension TagRows {
    fileprivate struct Row: Hashable {
        let tag: String
        let position: Int64
        let author: Int64
        let visibility: Int64
    }

    /// Some posts, one after the other by their positions.
    package struct Stretch: Sendable {
        /// How many rows are missing or should not be there.
        package let wrong: Int
        package let posts: Int
        /// Where the next stretch begins; nil at the end.
        package let next: Int64?

        fileprivate var missing: [Row] = []
        fileprivate var surplus: [Row] = []
    }

    /// Looks at the posts above a position.
    package static func check(above position: Int64, _ store: any SQLReader) throws -> Stretch {
        let posts = try store.query(
            """
            SELECT position, author_id, visibility, content FROM posts WHERE position > $1 AND state = 3
            ORDER BY position LIMIT $2
            """, [.integer(position), .integer(Int64(Limits.taggedPostsAtOnce))]
        ) { (position: $0.int64(0), author: $0.int64(1), visibility: $0.int64(2), text: $0.text(3)) }
        let isLast = posts.count < Limits.taggedPostsAtOnce
        let end = isLast ? Int64.max : posts.last?.position ?? .max
        let found = try store.query(
            "SELECT tag, position, author_id, visibility FROM post_tags WHERE position > $1 AND position <= $2",
            [.integer(position), .integer(end)]
        ) { Row(tag: $0.text(0), position: $0.int64(1), author: $0.int64(2), visibility: $0.int64(3)) }
        let expected = posts.flatMap { post in
            PostEntities(post.text).tags.map {
                Row(tag: $0.value, position: post.position, author: post.author, visibility: post.visibility)
            }
        }
        let (missing, surplus) = (Set(expected).subtracting(found), Set(found).subtracting(expected))
        return Stretch(
            wrong: missing.count + surplus.count, posts: posts.count, next: isLast ? nil : end,
            missing: missing.sorted { ($0.tag, $0.position) < ($1.tag, $1.position) }, surplus: Array(surplus))
    }

    /// Sets right what is wrong above a position.
    package static func mend(above position: Int64, _ store: any SQLWriter) throws -> Stretch {
        let stretch = try check(above: position, store)
        for row in stretch.surplus {
            try store.execute(
                "DELETE FROM post_tags WHERE tag = $1 AND position = $2", [.text(row.tag), .integer(row.position)])
        }
        for row in stretch.missing {
            try store.execute(
                "INSERT INTO post_tags (tag, position, author_id, visibility) VALUES ($1, $2, $3, $4)",
                [.text(row.tag), .integer(row.position), .integer(row.author), .integer(row.visibility)])
        }
        return stretch
    }
}

extension Limits {
    static let taggedPostsAtOnce = 500
}
