import SQL

/// What came with polls. All of it lies with the post; that somebody voted lies with them too, in `viewer_marks`.
extension PostSchema {
    /// `options` has one to a line. A poll is open (`stage` 0), closed while voters are being told (1), or done (2); voters
    /// up to `told_through` have been told. In `poll_counters` the choice -1 stands for all who voted.
    static let polls = Migration("0051-polls") { dialect in
        let table = dialect == .sqlite ? "WITHOUT ROWID" : dialect.partitioned(by: "bucket")
        return [
            "ALTER TABLE posts ADD COLUMN has_poll SMALLINT NOT NULL DEFAULT 0",
            """
            CREATE TABLE polls (
                bucket SMALLINT NOT NULL, post_id BIGINT NOT NULL, author_id BIGINT NOT NULL, position BIGINT NOT NULL,
                options TEXT NOT NULL, is_multiple SMALLINT NOT NULL, hides_totals SMALLINT NOT NULL,
                closes_at BIGINT NOT NULL, stage SMALLINT NOT NULL DEFAULT 0 CHECK (stage BETWEEN 0 AND 2),
                told_through BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (bucket, post_id)) \(table)
            """,
            "CREATE INDEX polls_by_end ON polls (closes_at) WHERE stage < 2",
            """
            CREATE TABLE poll_votes (
                bucket SMALLINT NOT NULL, post_id BIGINT NOT NULL, account_id BIGINT NOT NULL, choices SMALLINT NOT NULL,
                PRIMARY KEY (bucket, post_id, account_id)) \(table)
            """,
            "CREATE INDEX poll_votes_by_account ON poll_votes (account_id, post_id)",
            """
            CREATE TABLE poll_counters (
                bucket SMALLINT NOT NULL, post_id BIGINT NOT NULL, choice SMALLINT NOT NULL, votes BIGINT NOT NULL,
                PRIMARY KEY (bucket, post_id, choice)) \(table)
            """,
        ] + ["polls", "poll_votes", "poll_counters"].flatMap { dialect.partitions(of: $0) }
    }
}
