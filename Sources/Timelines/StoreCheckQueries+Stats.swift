import Posts
import SQL

/// Statistics of posts. Reactions are told by their rows. Who saw a post is forgotten after a while, and with accounts that are
/// erased, so that what is counted may be more than the rows, and never less.
extension StoreCheckQueries {
    static let statsDrifts: [(what: String, sql: String)] = [
        (
            "posts have statistics that differ from their reactions",
            "SELECT count(*) FROM (\(reactionDifferences)) AS d"
        ),
        ("posts have statistics with too few views", "SELECT count(*) FROM (\(missingViews)) AS d"),
    ]

    /// What is missing is put on the day on which the post was written.
    static let statsRepairs = [
        """
        INSERT INTO post_stats (bucket, post_id, day, views, reach, reactions)
        SELECT bucket, post_id, day, 0, 0, missing FROM (\(reactionDifferences)) AS d WHERE true
        ON CONFLICT (bucket, post_id, day) DO UPDATE SET reactions = post_stats.reactions + excluded.reactions
        """,
        """
        INSERT INTO post_stats (bucket, post_id, day, views, reach, reactions)
        SELECT d.bucket, d.post_id, p.created_at / 86400000, d.views, d.reach, 0 FROM (\(missingViews)) AS d
            JOIN posts p ON p.id = d.post_id AND p.bucket = d.bucket
        WHERE true ON CONFLICT (bucket, post_id, day)
        DO UPDATE SET views = post_stats.views + excluded.views, reach = post_stats.reach + excluded.reach
        """,
    ]

    private static let totals = """
        SELECT post_id, CAST(sum(views) AS BIGINT) AS views, CAST(sum(reach) AS BIGINT) AS reach,
            CAST(sum(reactions) AS BIGINT) AS reactions FROM post_stats GROUP BY post_id
        """

    private static let reactionDifferences = """
        SELECT p.bucket AS bucket, p.id AS post_id, p.created_at / 86400000 AS day,
            coalesce(r.n, 0) - coalesce(s.reactions, 0) AS missing
        FROM posts p LEFT JOIN (SELECT post_id, count(*) AS n FROM reactions GROUP BY post_id) AS r ON r.post_id = p.id
            LEFT JOIN (\(totals)) AS s ON s.post_id = p.id
        WHERE p.state = 3 AND coalesce(r.n, 0) <> coalesce(s.reactions, 0)
        """

    private static let missingViews = """
        SELECT seen.bucket AS bucket, seen.post_id AS post_id,
            CASE WHEN seen.views > coalesce(s.views, 0) THEN seen.views - coalesce(s.views, 0) ELSE 0 END AS views,
            CASE WHEN seen.reach > coalesce(s.reach, 0) THEN seen.reach - coalesce(s.reach, 0) ELSE 0 END AS reach
        FROM (SELECT bucket, post_id, CAST(sum(views) AS BIGINT) AS views, count(*) AS reach FROM post_views
                GROUP BY bucket, post_id) AS seen
            LEFT JOIN (\(totals)) AS s ON s.post_id = seen.post_id
        WHERE seen.views > coalesce(s.views, 0) OR seen.reach > coalesce(s.reach, 0)
        """
}
