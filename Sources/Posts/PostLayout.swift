import SQL

/// How the posts' tables lie: PostgreSQL has them in partitions by bucket, which every key there begins with.
package struct PostLayout: Sendable {
    private let dialect: Dialect
    var isPartitioned: Bool { dialect == .postgreSQL }

    package init(_ dialect: Dialect) {
        self.dialect = dialect
    }

    /// The key of counters, as a list of columns.
    package var counterKey: String { isPartitioned ? "bucket, post_id" : "post_id" }

    /// The value of that key for the post whose id is `id`, an expression.
    package func counterKey(of id: String) -> String {
        isPartitioned ? "((\(id) >> 12) & 1023), \(id)" : id
    }
}

// Joins. PostgreSQL would weigh reading all posts against looking for each; with a limit there is nothing to weigh.
extension PostLayout {
    /// Joins the post `p` whose `column`, a key, is `value`, an expression of what stands before.
    package func joinPost(where column: String, is value: String) -> String {
        let bucket = "bucket = ((\(value) >> 12) & 1023)"
        guard isPartitioned else { return "JOIN posts p ON p.\(column) = \(value) AND p.\(bucket)" }
        return """
            CROSS JOIN LATERAL (SELECT * FROM posts WHERE \(column) = \(value) AND \(bucket) LIMIT 1) AS p
            """
    }

    /// Joins the places `r` of the comments on the post with the id `post`, an expression of what stands before.
    package func joinReplies(of post: String) -> String {
        let bucket = "((\(post) >> 12) & 1023)"
        guard isPartitioned else { return "JOIN replies r ON r.bucket = \(bucket) AND r.post_id = \(post)" }
        return """
            CROSS JOIN LATERAL (SELECT position FROM replies WHERE bucket = \(bucket) AND post_id = \(post) OFFSET 0) AS r
            """
    }

    /// Joins the counters `c` of the post `p`, or nulls.
    package var joinCounters: String {
        guard isPartitioned else { return "LEFT JOIN post_counters c ON c.post_id = p.id" }
        return """
            LEFT JOIN LATERAL (
                SELECT * FROM post_counters WHERE bucket = p.bucket AND post_id = p.id LIMIT 1) AS c ON true
            """
    }
}

// Definitions of tables
extension PostLayout {
    /// Marks a column as the key, where it is one by itself.
    var key: String { isPartitioned ? "" : "PRIMARY KEY " }

    /// Closes a table whose key is `column`.
    func end(key column: String) -> String {
        isPartitioned ? ", PRIMARY KEY (bucket, \(column))) \(dialect.partitioned(by: "bucket"))" : ")"
    }

    /// A column for the bucket, where the table has none otherwise.
    var bucket: String { isPartitioned ? "bucket SMALLINT NOT NULL, " : "" }

    /// What else has to be in a unique key.
    var uniqueWithin: String { isPartitioned ? ", bucket" : "" }

    /// The reference of a column that holds a post's id.
    var post: String { isPartitioned ? "" : " REFERENCES posts (id)" }

    /// What replies are found by: the author replied to, and before that the partition's owner where there are partitions.
    var replyColumns: String { (isPartitioned ? "author_id, " : "") + "reply_to_author, position" }
}
