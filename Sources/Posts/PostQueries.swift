import Accounts
import Core
import SQL

/// Reads of the posts' tables.
package enum PostQueries {
    private static let columns = """
        p.id, p.author_id, p.position, p.visibility, p.reply_to, p.reply_to_author, p.root_id, p.depth, p.version,
        p.created_at, p.edited_at, p.comment_policy, p.share_policy, p.content, c.likes, c.comments, c.shares, c.quotes,
        p.quote_of, p.quote_author, p.quote_position,
        EXISTS (SELECT 1 FROM post_shares s WHERE s.bucket = p.bucket AND s.post_id = p.id), p.has_poll
        """

    /// The published posts at these positions.
    static func cards(
        at positions: [Position], dialect: Dialect, _ store: any SQLReader
    ) throws -> [PostCard] {
        let layout = PostLayout(dialect)
        return try cards(
            store.query(
                """
                SELECT \(columns) FROM list($1) AS wanted
                \(layout.joinPost(where: "position", is: "wanted.value"))
                \(layout.joinCounters) WHERE p.state = 3
                """, [.list(positions.map(\.rawValue))], row: Loaded.init), dialect, store)
    }

    /// The published posts of these ids.
    static func cards(_ ids: [ID<Post>], dialect: Dialect, _ store: any SQLReader) throws -> [PostCard] {
        let layout = PostLayout(dialect)
        return try cards(
            store.query(
                """
                SELECT \(columns) FROM list($1) AS wanted
                \(layout.joinPost(where: "id", is: "wanted.value"))
                \(layout.joinCounters) WHERE p.state = 3
                """, [.list(ids.map(\.rawValue))], row: Loaded.init), dialect, store)
    }

    /// Positions of one author's published posts below `before`, newest first.
    /// - Parameter visibilities: those of the posts asked for; nil for all.
    package static func positions(
        of author: ID<Account>, before: Position, limit: Int, of visibilities: [Visibility]? = nil,
        replies: Bool = true,
        _ store: any SQLReader
    ) throws -> [Position] {
        let values = visibilities?.map { String($0.rawValue) }.joined(separator: ", ")
        return try store.query(
            """
            SELECT position FROM posts
            WHERE author_id = $1 AND bucket = $2 AND position < $3 AND state = 3
                \(values.map { "AND visibility IN (\($0))" } ?? "") \(replies ? "" : "AND reply_to IS NULL")
            ORDER BY position DESC LIMIT $4
            """,
            [
                .integer(author.rawValue), .integer(Int64(author.bucket)), .integer(before.rawValue),
                .integer(Int64(limit)),
            ]
        ) { $0.position(0) }
    }

    /// Positions that one author's posts took in timelines, those that are gone since among them, newest first.
    package static func positionsEver(of author: ID<Account>, limit: Int, _ store: any SQLReader) throws -> [Position] {
        try store.query(
            """
            SELECT position FROM posts WHERE author_id = $1 AND bucket = $2 AND state IN (3, 4, 5)
            ORDER BY position DESC LIMIT $3
            """, [.integer(author.rawValue), .integer(Int64(author.bucket)), .integer(Int64(limit))]
        ) { $0.position(0) }
    }

    /// The newest positions of many authors' published posts in `[from, before)`, newest first.
    ///
    /// Reads each author's index once: its cost is the authors plus the rows in the span, of which PostgreSQL reads up to
    /// `limit` for each author.
    package static func positions(
        ofAuthors authors: [Int64], from: Position, before: Position, limit: Int, dialect: Dialect,
        _ store: any SQLReader
    ) throws -> [Position] {
        let sql =
            switch dialect {
            case .sqlite:
                """
                SELECT p.position FROM list($1) AS authors CROSS JOIN posts p
                    ON p.author_id = authors.value AND p.bucket = ((authors.value >> 12) & 1023)
                    AND p.position < $2 AND p.position >= $3
                WHERE p.state = 3 ORDER BY p.position DESC LIMIT $4
                """
            case .postgreSQL:
                """
                SELECT p.position FROM list($1) AS authors CROSS JOIN LATERAL (
                    SELECT position FROM posts
                    WHERE author_id = authors.value AND bucket = ((authors.value >> 12) & 1023)
                        AND position < $2 AND position >= $3 AND state = 3
                    ORDER BY position DESC LIMIT $4) AS p
                ORDER BY p.position DESC LIMIT $4
                """
            }
        return try store.query(
            sql, [.list(authors), .integer(before.rawValue), .integer(from.rawValue), .integer(Int64(limit))]
        ) { $0.position(0) }
    }

    /// Positions of published replies to posts of `repliedTo` by any of `authors`, below `before`, newest first.
    ///
    /// Replies lie with their authors: PostgreSQL looks for each pair.
    package static func replies(
        to repliedTo: [Int64], by authors: [Int64], before: Position, limit: Int, dialect: Dialect,
        _ store: any SQLReader
    ) throws -> [Position] {
        let sql =
            switch dialect {
            case .sqlite:
                """
                SELECT p.position FROM list($1) AS targets JOIN posts p ON p.reply_to_author = targets.value
                WHERE p.position < $3 AND p.state = 3 AND p.author_id IN (SELECT value FROM list($2))
                ORDER BY p.position DESC LIMIT $4
                """
            case .postgreSQL:
                """
                SELECT p.position FROM list($1) AS targets CROSS JOIN list($2) AS authors CROSS JOIN LATERAL (
                    SELECT position FROM posts
                    WHERE author_id = authors.value AND bucket = ((authors.value >> 12) & 1023)
                        AND reply_to_author = targets.value AND position < $3 AND state = 3
                    ORDER BY position DESC LIMIT $4) AS p
                ORDER BY p.position DESC LIMIT $4
                """
            }
        return try store.query(
            sql, [.list(repliedTo), .list(authors), .integer(before.rawValue), .integer(Int64(limit))]
        ) { $0.position(0) }
    }

    /// The posts above a reply, from the one it answers up to the root of the thread, published or not.
    static func ancestors(
        of reply: ID<Post>, dialect: Dialect, _ store: any SQLReader
    ) throws -> [(id: ID<Post>, position: Int64)] {
        try store.query(
            """
            WITH RECURSIVE chain (id, reply_to, position) AS (
                SELECT id, reply_to, position FROM posts WHERE id = $1 AND bucket = $2
                UNION ALL SELECT p.id, p.reply_to, p.position FROM chain
                    \(PostLayout(dialect).joinPost(where: "id", is: "chain.reply_to")))
            SELECT id, position FROM chain WHERE id <> $1
            """, [.integer(reply.rawValue), .integer(Int64(reply.bucket))]
        ) { (id: $0.id(0, Post.self), position: $0.int64(1)) }
    }

    /// A row with what its text points at, before it is known whom the mentions name.
    private struct Loaded {
        var post: Post
        let content: String
        var entities: PostEntities
        let isShared: Bool
        let counters: (likes: Int64, comments: Int64, shares: Int64, quotes: Int64)

        init(_ row: any SQLRow) {
            post = Post(
                id: row.id(0), author: row.id(1), position: row.position(2),
                visibility: Visibility(rawValue: row.int64(3)) ?? .author, replyTo: row.optionalInt64(4).map { ID($0) },
                replyToAuthor: row.optionalInt64(5).map { ID($0) }, rootID: row.optionalInt64(6).map { ID($0) },
                depth: Int(row.int64(7)), version: row.int64(8), createdAt: row.int64(9),
                editedAt: row.optionalInt64(10), commentPolicy: CommentPolicy(rawValue: row.int64(11)) ?? .closed,
                sharePolicy: SharePolicy(rawValue: row.int64(12)) ?? .nobody, quote: PostQueries.quote(row, at: 18))
            content = row.text(13)
            entities = PostEntities(content)
            counters = (row.int64(14), row.int64(15), row.int64(16), row.int64(17))
            isShared = row.flag(21)
            post.hasPoll = row.flag(22)
        }
    }

    private static func cards(
        _ rows: [Loaded], _ dialect: Dialect, _ store: any SQLReader
    ) throws -> [PostCard] {
        let naming = rows.lazy.filter { $0.entities.hasMentions }.map(\.post.id)
        let accounts = try MentionRows.accounts(of: Array(naming), store)
        let polls = try PollRows.polls(of: rows.filter(\.post.hasPoll).map(\.post.id), dialect: dialect, store)
        return rows.map { row in
            var entities = row.entities
            entities.accounts = accounts[row.post.id] ?? [:]
            return PostCard(
                row.post, content: row.content, entities: entities, likes: row.counters.likes,
                comments: row.counters.comments, shares: row.counters.shares,
                quotes: row.counters.quotes, isShared: row.isShared,
                poll: polls[row.post.id])
        }
    }

    /// What a post quotes, in three columns.
    static func quote(_ row: any SQLRow, at column: Int) -> Quote? {
        row.isNull(column)
            ? nil : Quote(post: row.id(column), author: row.id(column + 1), position: row.position(column + 2))
    }
}
