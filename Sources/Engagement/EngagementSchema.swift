import SQL

/// The tables this feature owns. A reaction lies with the post; that its actor reacted lies with the actor, in the posts'
/// `viewer_marks`. Bookmarks lie with who made them.
package enum EngagementSchema {
    package static let migrations = [reactions, bookmarks, markers, feedback]

    /// `reaction_id` is a snowflake: lists show the newest first.
    private static let reactions = Migration("0017-reactions") { dialect in
        let table = dialect == .sqlite ? "WITHOUT ROWID" : dialect.partitioned(by: "bucket")
        return [
            """
            CREATE TABLE reactions (
                bucket SMALLINT NOT NULL, post_id BIGINT NOT NULL, actor_id BIGINT NOT NULL,
                kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 6), reaction_id BIGINT NOT NULL,
                PRIMARY KEY (bucket, post_id, actor_id)) \(table)
            """,
            "CREATE INDEX reactions_by_recency ON reactions (post_id, reaction_id, kind, actor_id)",
            """
            CREATE TABLE reaction_counters (
                bucket SMALLINT NOT NULL, post_id BIGINT NOT NULL, kind SMALLINT NOT NULL, count BIGINT NOT NULL,
                PRIMARY KEY (bucket, post_id, kind)) \(table)
            """,
        ] + dialect.partitions(of: "reactions") + dialect.partitions(of: "reaction_counters")
    }

    private static let bookmarks = Migration("0018-bookmarks") { dialect in
        let table = dialect == .sqlite ? "WITHOUT ROWID" : dialect.partitioned(by: "account_id")
        return [
            """
            CREATE TABLE bookmarks (
                account_id BIGINT NOT NULL, post_id BIGINT NOT NULL, folder \(dialect.textKey) NOT NULL,
                bookmark_id BIGINT NOT NULL, PRIMARY KEY (account_id, post_id)) \(table)
            """,
            "CREATE INDEX bookmarks_by_recency ON bookmarks (account_id, bookmark_id)",
            "CREATE INDEX bookmarks_by_folder ON bookmarks (account_id, folder, bookmark_id)",
        ] + dialect.partitions(of: "bookmarks")
    }

    private static let markers = Migration("0019-markers") { dialect in
        let table = dialect == .sqlite ? "WITHOUT ROWID" : dialect.partitioned(by: "account_id")
        return [
            """
            CREATE TABLE markers (
                account_id BIGINT NOT NULL, list SMALLINT NOT NULL CHECK (list BETWEEN 0 AND 1),
                last_read_id BIGINT NOT NULL, version BIGINT NOT NULL, updated_at BIGINT NOT NULL,
                PRIMARY KEY (account_id, list)) \(table)
            """
        ] + dialect.partitions(of: "markers")
    }

    /// `feedback_id` is a snowflake: the oldest gives way.
    private static let feedback = Migration("0024-feedback") { dialect in
        let table = dialect == .sqlite ? "WITHOUT ROWID" : dialect.partitioned(by: "account_id")
        return [
            """
            CREATE TABLE post_feedback (
                account_id BIGINT NOT NULL, post_id BIGINT NOT NULL,
                kind SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 3), feedback_id BIGINT NOT NULL,
                PRIMARY KEY (account_id, post_id)) \(table)
            """,
            "CREATE INDEX post_feedback_by_age ON post_feedback (account_id, feedback_id)",
        ] + dialect.partitions(of: "post_feedback")
    }
}
