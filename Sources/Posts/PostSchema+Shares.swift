import SQL

/// What came with reposts.
extension PostSchema {
    /// A repost lies with its sharer, in `reposts`; that it is there lies with the post, in `post_shares`, so that who
    /// shared a post is found in one partition.
    static let shares = Migration("0022-shares") { dialect in
        let table = dialect == .sqlite ? "WITHOUT ROWID" : dialect.partitioned(by: "bucket")
        return [
            "ALTER TABLE posts ADD COLUMN share_policy SMALLINT NOT NULL DEFAULT 0",
            """
            CREATE TABLE post_shares (
                bucket SMALLINT NOT NULL, post_id BIGINT NOT NULL, position BIGINT NOT NULL, sharer_id BIGINT NOT NULL,
                PRIMARY KEY (bucket, post_id, position)) \(table)
            """,
        ] + dialect.partitions(of: "post_shares") + [
            """
            INSERT INTO post_shares (bucket, post_id, position, sharer_id)
            SELECT (post_id >> 12) & 1023, post_id, position, sharer_id FROM reposts
            """,
            "DROP INDEX reposts_by_post",
        ]
    }
}
