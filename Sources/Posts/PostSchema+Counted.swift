import SQL

/// What came with the rule of which comments and quotes are counted.
extension PostSchema {
    /// `counted` is whether a comment or quote is among those that the counters of other posts hold. The counters are set to
    /// what the rows give, so that events which nobody has read yet find their work done.
    static let counted = Migration("0080-counted-posts") { dialect in
        let layout = PostLayout(dialect)
        let comments = """
            WITH RECURSIVE up (ancestor) AS (
                SELECT reply_to FROM posts WHERE reply_to IS NOT NULL AND counted = 1
                UNION ALL SELECT p.reply_to FROM up
                    JOIN posts p ON p.id = up.ancestor AND p.bucket = ((up.ancestor >> 12) & 1023)
                    WHERE p.reply_to IS NOT NULL)
            SELECT ancestor AS id, count(*) AS n FROM up GROUP BY ancestor
            """
        let quotes =
            "SELECT quote_of AS id, count(*) AS n FROM posts WHERE quote_of IS NOT NULL AND counted = 1 GROUP BY 1"
        return [
            "ALTER TABLE posts ADD COLUMN counted SMALLINT NOT NULL DEFAULT 0",
            """
            UPDATE posts SET counted = 1 WHERE (reply_to IS NOT NULL OR quote_of IS NOT NULL) AND state = 3
                AND visibility = 0 AND author_id IN (SELECT u.id FROM users u WHERE u.state = 0 AND u.is_private = 0)
            """, "UPDATE post_counters SET comments = 0, quotes = 0 WHERE comments <> 0 OR quotes <> 0",
        ]
            + [("comments", comments), ("quotes", quotes)].map { counter, truth in
                """
                INSERT INTO post_counters (\(layout.counterKey), \(counter))
                SELECT \(layout.counterKey(of: "truth.id")), truth.n FROM (\(truth)) AS truth WHERE true
                ON CONFLICT (\(layout.counterKey)) DO UPDATE SET \(counter) = excluded.\(counter)
                """
            }
    }
}
