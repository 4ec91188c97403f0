/// Polls: rows of votes are the truth, all else is derived from them.
extension StoreCheckQueries {
    static let pollDrifts: [(what: String, sql: String)] = [
        (
            "polls have a wrong number of votes",
            """
            SELECT (SELECT count(*) FROM (\(votes)) AS truth
                LEFT JOIN poll_counters c ON c.bucket = truth.bucket AND c.post_id = truth.post_id
                    AND c.choice = truth.choice WHERE coalesce(c.votes, 0) <> truth.n)
                + (SELECT count(*) FROM poll_counters c WHERE c.votes <> 0 AND NOT EXISTS (\(votesCounted)))
            """
        ),
        (
            "viewers' marks differ from their votes",
            """
            SELECT (SELECT count(*) FROM poll_votes v WHERE NOT EXISTS (SELECT 1 FROM viewer_marks m
                    WHERE m.account_id = v.account_id AND m.post_id = v.post_id AND ((m.flags >> 8) & 15) = v.choices))
                + (SELECT count(*) FROM viewer_marks m WHERE (m.flags & 3840) <> 0 AND NOT EXISTS (
                    SELECT 1 FROM poll_votes v
                    WHERE v.bucket = ((m.post_id >> 12) & 1023) AND v.post_id = m.post_id
                        AND v.account_id = m.account_id))
            """
        ),
    ]

    static let pollRepairs = [
        """
        INSERT INTO poll_counters (bucket, post_id, choice, votes)
        SELECT bucket, post_id, choice, n FROM (\(votes)) AS truth WHERE true
        ON CONFLICT (bucket, post_id, choice) DO UPDATE SET votes = excluded.votes
        WHERE poll_counters.votes <> excluded.votes
        """,
        "DELETE FROM poll_counters AS c WHERE c.votes <> 0 AND NOT EXISTS (\(votesCounted))",
        "UPDATE viewer_marks SET flags = flags & -3841 WHERE (flags & 3840) <> 0",
        """
        INSERT INTO viewer_marks (account_id, post_id, flags)
        SELECT account_id, post_id, choices * 256 FROM poll_votes WHERE true
        ON CONFLICT (account_id, post_id) DO UPDATE SET flags = viewer_marks.flags | excluded.flags
        """,
        "DELETE FROM viewer_marks WHERE flags = 0",
    ]

    /// By choice, and all who voted as -1.
    private static let votes = """
        SELECT v.bucket, v.post_id, c.choice, count(*) AS n FROM poll_votes v JOIN (
            SELECT -1 AS choice UNION ALL SELECT 0 UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3) AS c
        ON c.choice < 0 OR ((v.choices >> (CASE WHEN c.choice < 0 THEN 0 ELSE c.choice END)) & 1) = 1
        GROUP BY v.bucket, v.post_id, c.choice
        """

    private static let votesCounted = """
        SELECT 1 FROM poll_votes v WHERE v.bucket = c.bucket AND v.post_id = c.post_id
            AND (c.choice < 0 OR ((v.choices >> (CASE WHEN c.choice < 0 THEN 0 ELSE c.choice END)) & 1) = 1)
        """
}
