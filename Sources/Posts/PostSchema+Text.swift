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

    /// The hashtags of posts, which lie with the tag, and those that accounts follow.
    static let tags = Migration("0034-tags") { dialect in
        let key = dialect.textKey
        let clustered = dialect == .sqlite ? "WITHOUT ROWID" : ""
        return [
            """
            CREATE TABLE post_tags (
                tag \(key) NOT NULL, position BIGINT NOT NULL, author_id BIGINT NOT NULL, visibility SMALLINT NOT NULL,
                PRIMARY KEY (tag, position)) \(clustered)\(dialect.partitioned(by: "tag"))
            """,
            "CREATE INDEX post_tags_by_position ON post_tags (position)",
            """
            CREATE TABLE tag_follows (
                account_id BIGINT NOT NULL, tag \(key) NOT NULL, followed_at BIGINT NOT NULL,
                PRIMARY KEY (account_id, tag)) \(clustered)\(dialect.partitioned(by: "account_id"))
            """,
        ] + dialect.partitions(of: "post_tags") + dialect.partitions(of: "tag_follows")
    }

    /// Hashtags have `i` where they had `ı`, or an `i` with the dot that `İ` left behind.
    static let foldedTags = Migration("0081-folded-tags") { _ in
        let (former, folded) = (
            "tag LIKE '%ı%' OR tag LIKE '%i\u{307}%'", "replace(replace(tag, 'ı', 'i'), 'i\u{307}', 'i')"
        )
        return [("post_tags", "position, author_id, visibility"), ("tag_follows", "account_id, followed_at")].flatMap {
            table, columns in
            [
                """
                INSERT INTO \(table) (tag, \(columns)) SELECT \(folded), \(columns) FROM \(table) WHERE \(former)
                ON CONFLICT DO NOTHING
                """, "DELETE FROM \(table) WHERE \(former)",
            ]
        }
    }
}
