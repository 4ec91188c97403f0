import SQL

/// What came with drafts and scheduled posts.
extension PostSchema {
    /// Planned posts lie with their authors. A scheduled one waits (`state` 0) or failed (1), with the reason in `failure`. The
    /// options of a poll are one to a line, as in `polls`.
    static let planned = Migration("0052-planned-posts") { dialect in
        let table = dialect == .sqlite ? "WITHOUT ROWID" : dialect.partitioned(by: "account_id")
        return [
            """
            CREATE TABLE planned_posts (
                account_id BIGINT NOT NULL, planned_id BIGINT NOT NULL, kind SMALLINT NOT NULL CHECK (kind IN (0, 1)),
                state SMALLINT NOT NULL DEFAULT 0 CHECK (state IN (0, 1)), content TEXT NOT NULL,
                visibility SMALLINT NOT NULL, share_policy SMALLINT NOT NULL, reply_to BIGINT, quote_of BIGINT,
                poll_options TEXT, poll_multiple SMALLINT NOT NULL, poll_hides_totals SMALLINT NOT NULL,
                poll_seconds BIGINT NOT NULL, scheduled_at BIGINT, failure SMALLINT, version BIGINT NOT NULL DEFAULT 1,
                created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, PRIMARY KEY (account_id, planned_id),
                CHECK ((kind = 1) = (scheduled_at IS NOT NULL))) \(table)
            """,
            "CREATE INDEX planned_posts_by_kind ON planned_posts (account_id, kind, planned_id)",
            "CREATE INDEX planned_posts_by_time ON planned_posts (scheduled_at) WHERE kind = 1 AND state = 0",
        ] + dialect.partitions(of: "planned_posts")
    }
}
