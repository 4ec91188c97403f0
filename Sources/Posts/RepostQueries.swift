import Accounts
import Core
import SQL

/// Reads of the tables of reposts.
package enum RepostQueries {
    /// What the reposts at these positions stand for.
    static func reposts(
        at positions: [Position], dialect: Dialect, _ store: any SQLReader
    ) throws -> [Position: Repost] {
        let layout = PostLayout(dialect)
        let rows = try store.query(
            """
            SELECT r.position, r.post_id, r.sharer_id, p.position FROM list($1) AS wanted
            \(layout.joinRepost("r.position = wanted.value AND r.bucket = ((wanted.value >> 12) & 1023)"))
            \(layout.joinPost(where: "id", is: "r.post_id"))
            """, [.list(positions.map(\.rawValue))]
        ) { row in
            (row.position(0), Repost(post: row.id(1), postPosition: row.position(3), sharer: row.id(2)))
        }
        return Dictionary(rows) { $1 }
    }

    /// Everyone who shared a post, if they are not too many to be held.
    static func sharers(of post: ID<Post>, _ store: any SQLReader) throws -> Sharers {
        let rows = try page(of: post, before: .highest, limit: Limits.sharersHeld + 1, store)
        return Sharers(rows, isWhole: rows.count <= Limits.sharersHeld)
    }

    /// Who shared a post, the newest first.
    static func page(
        of post: ID<Post>, before: Position, limit: Int, _ store: any SQLReader
    ) throws -> [Sharing] {
        try store.query(
            """
            SELECT position, sharer_id FROM post_shares WHERE bucket = $1 AND post_id = $2 AND position < $3
            ORDER BY position DESC LIMIT $4
            """,
            [
                .integer(Int64(post.bucket)), .integer(post.rawValue), .integer(before.rawValue),
                .integer(Int64(limit)),
            ]
        ) { Sharing(position: $0.position(0), sharer: $0.id(1)) }
    }

    /// Those of a post by some accounts.
    static func sharings(
        of post: ID<Post>, by accounts: [Int64], dialect: Dialect, _ store: any SQLReader
    ) throws -> [Sharing] {
        let condition = """
            r.sharer_id = accounts.value AND r.post_id = $2 AND r.bucket = ((accounts.value >> 12) & 1023)
            """
        return try store.query(
            "SELECT r.position, r.sharer_id FROM list($1) AS accounts \(PostLayout(dialect).joinRepost(condition))",
            [.list(accounts), .integer(post.rawValue)]
        ) { Sharing(position: $0.position(0), sharer: $0.id(1)) }
    }

    /// Positions of one account's reposts below `before`, newest first.
    static func positions(
        of sharer: ID<Account>, before: Position, limit: Int, _ store: any SQLReader
    ) throws -> [Position] {
        try store.query(
            """
            SELECT position FROM reposts WHERE sharer_id = $1 AND bucket = $2 AND position < $3
            ORDER BY position DESC LIMIT $4
            """,
            [
                .integer(sharer.rawValue), .integer(Int64(sharer.bucket)), .integer(before.rawValue),
                .integer(Int64(limit)),
            ]
        ) { $0.position(0) }
    }

    /// The newest positions of many accounts' reposts in `[from, before)`, newest first.
    static func positions(
        ofSharers sharers: [Int64], from: Position, before: Position, limit: Int, dialect: Dialect,
        _ store: any SQLReader
    ) throws -> [Position] {
        let sql =
            switch dialect {
            case .sqlite:
                """
                SELECT r.position FROM list($1) AS sharers CROSS JOIN reposts r
                    ON r.sharer_id = sharers.value AND r.position < $2 AND r.position >= $3
                ORDER BY r.position DESC LIMIT $4
                """
            case .postgreSQL:
                """
                SELECT r.position FROM list($1) AS sharers CROSS JOIN LATERAL (
                    SELECT position FROM reposts
                    WHERE sharer_id = sharers.value AND bucket = ((sharers.value >> 12) & 1023)
                        AND position < $2 AND position >= $3
                    ORDER BY position DESC LIMIT $4) AS r
                ORDER BY r.position DESC LIMIT $4
                """
            }
        return try store.query(
            sql, [.list(sharers), .integer(before.rawValue), .integer(from.rawValue), .integer(Int64(limit))]
        ) { $0.position(0) }
    }
}

extension PostLayout {
    /// Joins the one repost `r` that fulfils a condition on keys.
    func joinRepost(_ condition: String) -> String {
        guard isPartitioned else { return "CROSS JOIN reposts r ON \(condition)" }
        return "CROSS JOIN LATERAL (SELECT * FROM reposts r WHERE \(condition) LIMIT 1) AS r"
    }
}
