import SQL

/// What the texts of posts point at.
extension PostSchema {
    /// The accounts that a post mentions, which lie with the post.
    static let mentions = Migration("0030-mentions") { dialect in
        let table = dialect == .sqlite ? "WITHOUT ROWID" : dialect.partitioned(by: "bucket")
        return [
            """
            CREATE TABLE mentions (
                bucket SMALLINT NOT NULL, post_id BIGINT NOT NULL, account_id BIGINT NOT NULL,
                PRIMARY KEY (bucket, post_id, account_id)) \(table)
            """,
            "CREATE INDEX mentions_by_account ON mentions (account_id, post_id)",
        ] + dialect.partitions(of: "mentions")
    }
}
