import SQL

/// What came with comments and pinned posts.
extension PostSchema {
    /// A reply lies with its author; that it is there lies with the post it answers, so that a list of comments reads
    /// one partition. `replies` has the published ones, with their likes as of the last flush of the counters.
    static let comments = Migration("0020-comments") { dialect in
        let table = dialect == .sqlite ? "WITHOUT ROWID" : dialect.partitioned(by: "bucket")
        return [
            "ALTER TABLE posts ADD COLUMN comment_policy SMALLINT NOT NULL DEFAULT 0",
            """
            CREATE TABLE replies (
                bucket SMALLINT NOT NULL, post_id BIGINT NOT NULL, position BIGINT NOT NULL,
                likes BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (bucket, post_id, position)) \(table)
            """,
            "CREATE INDEX replies_by_likes ON replies (bucket, post_id, likes, position)",
        ] + dialect.partitions(of: "replies") + [
            """
            INSERT INTO replies (bucket, post_id, position, likes)
            SELECT (p.reply_to >> 12) & 1023, p.reply_to, p.position, coalesce(c.likes, 0)
            FROM posts p LEFT JOIN post_counters c ON c.post_id = p.id WHERE p.reply_to IS NOT NULL AND p.state = 3
            """,
            // Nothing looks for replies among the posts any more.
            "DROP INDEX posts_by_reply",
        ]
    }

    /// Comments that were deleted or removed before they kept their places get them back, where others hang below them.
    static let deletedComments = Migration("0100-deleted-comments") { _ in
        [
            """
            INSERT INTO replies (bucket, post_id, position, likes)
            WITH RECURSIVE places (id, reply_to, position) AS (
                SELECT p.id, p.reply_to, p.position
                FROM (SELECT DISTINCT bucket, post_id FROM replies) AS answered
                JOIN posts p ON p.id = answered.post_id AND p.bucket = answered.bucket
                WHERE p.reply_to IS NOT NULL AND p.state IN (4, 5)
                UNION SELECT p.id, p.reply_to, p.position FROM places
                JOIN posts p ON p.id = places.reply_to AND p.bucket = ((places.reply_to >> 12) & 1023)
                WHERE p.reply_to IS NOT NULL AND p.state IN (4, 5))
            SELECT (places.reply_to >> 12) & 1023, places.reply_to, places.position, coalesce(c.likes, 0)
            FROM places LEFT JOIN post_counters c ON c.post_id = places.id WHERE true
            ON CONFLICT (bucket, post_id, position) DO NOTHING
            """
        ]
    }

    /// The few posts that an account shows first. `pin_id` is a snowflake: the one pinned last comes first.
    static let pins = Migration("0021-pins") { dialect in
        let table = dialect == .sqlite ? "WITHOUT ROWID" : dialect.partitioned(by: "account_id")
        return [
            """
            CREATE TABLE pins (
                account_id BIGINT NOT NULL, post_id BIGINT NOT NULL, pin_id BIGINT NOT NULL,
                PRIMARY KEY (account_id, post_id)) \(table)
            """
        ] + dialect.partitions(of: "pins")
    }
}
