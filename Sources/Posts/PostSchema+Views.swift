import SQL

/// What came with the statistics of posts.
extension PostSchema {
    /// Who has seen a post, in `post_views`, for as long as `Limits.viewsKept`; what of it counted on each day (of UTC, counted
    /// from 1970), in `post_stats`. Both lie with the post.
    static let views = Migration("0053-views") { dialect in
        let table = dialect == .sqlite ? "WITHOUT ROWID" : dialect.partitioned(by: "bucket")
        return [
            """
            CREATE TABLE post_views (
                bucket SMALLINT NOT NULL, post_id BIGINT NOT NULL, account_id BIGINT NOT NULL, views BIGINT NOT NULL,
                seen_at BIGINT NOT NULL, PRIMARY KEY (bucket, post_id, account_id)) \(table)
            """,
            "CREATE INDEX post_views_by_account ON post_views (account_id, post_id)",
            "CREATE INDEX post_views_by_age ON post_views (seen_at)",
            """
            CREATE TABLE post_stats (
                bucket SMALLINT NOT NULL, post_id BIGINT NOT NULL, day BIGINT NOT NULL, views BIGINT NOT NULL,
                reach BIGINT NOT NULL, reactions BIGINT NOT NULL, PRIMARY KEY (bucket, post_id, day)) \(table)
            """,
        ] + dialect.partitions(of: "post_views") + dialect.partitions(of: "post_stats")
    }
}
