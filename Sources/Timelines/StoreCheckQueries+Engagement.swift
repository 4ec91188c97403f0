import Posts
import SQL

/// What people did with posts: rows of reactions are the truth, all else is derived from them.
extension StoreCheckQueries {
    static let engagementDrifts: [(what: String, sql: String)] = [
        (
            "posts have a wrong number of likes",
            """
            SELECT count(*) FROM posts p LEFT JOIN post_counters c ON c.post_id = p.id LEFT JOIN (\(likes)) AS truth
            ON truth.id = p.id WHERE coalesce(c.likes, 0) <> coalesce(truth.n, 0)
            """
        ),
        (
            "posts have a wrong number of one kind of reaction",
            """
            SELECT count(*) FROM (\(kinds)) AS truth
            LEFT JOIN reaction_counters c ON c.bucket = truth.bucket AND c.post_id = truth.post_id AND c.kind = truth.kind
            WHERE coalesce(c.count, 0) <> truth.n
            """
        ),
        (
            "kinds of reactions are counted that nobody gave",
            "SELECT count(*) FROM reaction_counters WHERE count <> 0 AND NOT EXISTS (\(reactionsOfKind))"
        ),
        (
            "comments are listed with a wrong number of likes",
            """
            SELECT count(*) FROM replies r JOIN posts p ON p.reply_to = r.post_id AND p.position = r.position
            LEFT JOIN (\(likes)) AS truth ON truth.id = p.id WHERE r.likes <> coalesce(truth.n, 0)
            """
        ),
        (
            "comments are missing from their post's list",
            """
            SELECT (SELECT count(*) FROM posts p WHERE \(isComment) AND NOT EXISTS (\(row)))
                + (SELECT count(*) FROM (\(places)) AS p WHERE NOT EXISTS (\(row)))
            """
        ),
        (
            "comments are listed that are gone",
            """
            SELECT count(*) FROM replies r WHERE NOT EXISTS (
                SELECT 1 FROM posts p WHERE \(isComment) AND p.reply_to = r.post_id AND p.position = r.position)
                AND (r.post_id, r.position) NOT IN (SELECT reply_to, position FROM (\(places)) AS p)
            """
        ),
        (
            "viewers' marks differ from their reactions",
            """
            SELECT (SELECT count(*) FROM reactions r WHERE NOT EXISTS (SELECT 1 FROM viewer_marks m
                    WHERE m.account_id = r.actor_id AND m.post_id = r.post_id AND (m.flags & 7) = r.kind))
                + (SELECT count(*) FROM viewer_marks m WHERE (m.flags & 7) <> 0 AND NOT EXISTS (
                    SELECT 1 FROM reactions r
                    WHERE r.bucket = ((m.post_id >> 12) & 1023) AND r.post_id = m.post_id AND r.actor_id = m.account_id))
            """
        ),
        (
            "viewers' marks differ from their reposts",
            """
            SELECT (SELECT count(*) FROM reposts r WHERE NOT EXISTS (SELECT 1 FROM viewer_marks m
                    WHERE m.account_id = r.sharer_id AND m.post_id = r.post_id AND (m.flags & 8) <> 0))
                + (SELECT count(*) FROM viewer_marks m WHERE (m.flags & 8) <> 0 AND NOT EXISTS (
                    SELECT 1 FROM reposts r WHERE r.sharer_id = m.account_id
                        AND r.bucket = ((m.account_id >> 12) & 1023) AND r.post_id = m.post_id))
            """
        ),
        (
            "viewers' marks differ from their bookmarks",
            """
            SELECT (SELECT count(*) FROM bookmarks b WHERE NOT EXISTS (SELECT 1 FROM viewer_marks m
                    WHERE m.account_id = b.account_id AND m.post_id = b.post_id AND (m.flags & 16) <> 0))
                + (SELECT count(*) FROM viewer_marks m WHERE (m.flags & 16) <> 0 AND NOT EXISTS (
                    SELECT 1 FROM bookmarks b WHERE b.account_id = m.account_id AND b.post_id = m.post_id))
            """
        ),
    ]

    static func engagementRepairs(_ layout: PostLayout) -> [String] {
        [
            """
            INSERT INTO post_counters (\(layout.counterKey), likes)
            SELECT \(layout.counterKey(of: "p.id")), coalesce(truth.n, 0)
            FROM posts p LEFT JOIN post_counters c ON c.post_id = p.id LEFT JOIN (\(likes)) AS truth ON truth.id = p.id
            WHERE coalesce(c.likes, 0) <> coalesce(truth.n, 0)
            ON CONFLICT (\(layout.counterKey)) DO UPDATE SET likes = excluded.likes
            """,
            """
            INSERT INTO reaction_counters (bucket, post_id, kind, count)
            SELECT bucket, post_id, kind, n FROM (\(kinds)) AS truth WHERE true
            ON CONFLICT (bucket, post_id, kind) DO UPDATE SET count = excluded.count
            WHERE reaction_counters.count <> excluded.count
            """,
            "DELETE FROM reaction_counters WHERE count <> 0 AND NOT EXISTS (\(reactionsOfKind))",
            """
            INSERT INTO replies (bucket, post_id, position)
            SELECT (p.reply_to >> 12) & 1023, p.reply_to, p.position FROM posts p WHERE \(isComment)
            ON CONFLICT DO NOTHING
            """,
            """
            INSERT INTO replies (bucket, post_id, position)
            SELECT (p.reply_to >> 12) & 1023, p.reply_to, p.position FROM (\(places)) AS p WHERE true
            ON CONFLICT DO NOTHING
            """,
            """
            DELETE FROM replies WHERE NOT EXISTS (SELECT 1 FROM posts p WHERE \(isComment)
                AND p.reply_to = replies.post_id AND p.position = replies.position)
                AND (post_id, position) NOT IN (SELECT reply_to, position FROM (\(places)) AS p)
            """,
            """
            UPDATE replies SET likes = truth.n FROM (
                SELECT p.reply_to, p.position, coalesce(counted.n, 0) AS n FROM posts p
                LEFT JOIN (\(likes)) AS counted ON counted.id = p.id
                WHERE p.reply_to IS NOT NULL AND p.state IN (3, 4, 5)) AS truth
            WHERE truth.reply_to = replies.post_id AND truth.position = replies.position AND replies.likes <> truth.n
            """,
        ] + markRepairs
    }

    private static let markRepairs = [
        "UPDATE viewer_marks SET flags = flags & ~31 WHERE (flags & 31) <> 0",
        """
        INSERT INTO viewer_marks (account_id, post_id, flags) SELECT actor_id, post_id, kind FROM reactions WHERE true
        ON CONFLICT (account_id, post_id) DO UPDATE SET flags = viewer_marks.flags | excluded.flags
        """,
        """
        INSERT INTO viewer_marks (account_id, post_id, flags) SELECT account_id, post_id, 16 FROM bookmarks WHERE true
        ON CONFLICT (account_id, post_id) DO UPDATE SET flags = viewer_marks.flags | excluded.flags
        """,
        """
        INSERT INTO viewer_marks (account_id, post_id, flags) SELECT sharer_id, post_id, 8 FROM reposts WHERE true
        ON CONFLICT (account_id, post_id) DO UPDATE SET flags = viewer_marks.flags | excluded.flags
        """,
        "DELETE FROM viewer_marks WHERE flags = 0",
    ]

    private static let likes = "SELECT post_id AS id, count(*) AS n FROM reactions GROUP BY post_id"
    private static let kinds =
        "SELECT bucket, post_id, kind, count(*) AS n FROM reactions GROUP BY bucket, post_id, kind"
    private static let isComment = "p.reply_to IS NOT NULL AND p.state = 3"
    /// Comments that are gone, with others below them at any depth.
    private static let places = """
        WITH RECURSIVE places (id, reply_to, position) AS (
            SELECT p.id, p.reply_to, p.position
            FROM (SELECT DISTINCT reply_to AS id FROM posts WHERE reply_to IS NOT NULL AND state = 3) AS answered
            JOIN posts p ON p.id = answered.id AND p.bucket = ((answered.id >> 12) & 1023)
            WHERE p.reply_to IS NOT NULL AND p.state IN (4, 5)
            UNION SELECT p.id, p.reply_to, p.position FROM places
            JOIN posts p ON p.id = places.reply_to AND p.bucket = ((places.reply_to >> 12) & 1023)
            WHERE p.reply_to IS NOT NULL AND p.state IN (4, 5))
        SELECT reply_to, position FROM places
        """
    private static let row = """
        SELECT 1 FROM replies r WHERE r.bucket = ((p.reply_to >> 12) & 1023) AND r.post_id = p.reply_to
            AND r.position = p.position
        """
    private static let reactionsOfKind = """
        SELECT 1 FROM reactions r WHERE r.bucket = reaction_counters.bucket AND r.post_id = reaction_counters.post_id
            AND r.kind = reaction_counters.kind
        """
}
