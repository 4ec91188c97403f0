import EventLog
import Posts
import SQL

/// The plain queries that a check holds the derived state against.
enum StoreCheckQueries {
    /// Each counts what should not be.
    static let orphans: [(String, String)] = [
        (
            "posts have no author",
            "SELECT count(*) FROM posts WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.id = author_id)"
        ),
        (
            "posts lie in a partition that is not their author's",
            """
            SELECT count(*) FROM posts WHERE bucket <> ((author_id >> 12) & 1023) OR bucket <> ((id >> 12) & 1023)
                OR bucket <> ((position >> 12) & 1023)
            """
        ),
        (
            "replies answer a post that never was",
            """
            SELECT count(*) FROM posts r WHERE r.reply_to IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM posts p WHERE p.id = r.reply_to AND p.bucket = ((r.reply_to >> 12) & 1023))
            """
        ),
        (
            "reposts are not listed with the post they share",
            """
            SELECT count(*) FROM reposts r WHERE NOT EXISTS (SELECT 1 FROM post_shares s
                WHERE s.bucket = ((r.post_id >> 12) & 1023) AND s.post_id = r.post_id AND s.position = r.position
                    AND s.sharer_id = r.sharer_id)
            """
        ),
        (
            "reposts are listed that are not there",
            """
            SELECT count(*) FROM post_shares s WHERE NOT EXISTS (SELECT 1 FROM reposts r
                WHERE r.position = s.position AND r.bucket = ((s.sharer_id >> 12) & 1023) AND r.post_id = s.post_id)
            """
        ),
        (
            "quotes are listed that are not there, or not listed",
            """
            SELECT (SELECT count(*) FROM posts p WHERE p.quote_of IS NOT NULL AND p.state = 3 AND NOT EXISTS (
                SELECT 1 FROM quotes q WHERE q.bucket = ((p.quote_of >> 12) & 1023) AND q.post_id = p.quote_of
                    AND q.position = p.position))
                + (SELECT count(*) FROM quotes q WHERE NOT EXISTS (SELECT 1 FROM posts p
                    WHERE p.position = q.position AND p.bucket = ((q.position >> 12) & 1023)
                        AND p.quote_of = q.post_id AND p.state = 3))
            """
        ),
        feedbackOtherThanMarks, strangersOnLists,
        (
            "revisions have no post",
            """
            SELECT count(*) FROM post_revisions WHERE NOT EXISTS (
                SELECT 1 FROM posts p WHERE p.id = post_id AND p.bucket = ((post_id >> 12) & 1023))
            """
        ),
        (
            "follows name an account that never was",
            """
            SELECT count(*) FROM following WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.id = follower_id)
                OR NOT EXISTS (SELECT 1 FROM users u WHERE u.id = followee_id)
            """
        ),
        (
            "follows stand between accounts that a block keeps apart",
            """
            SELECT count(*) FROM blocks b WHERE EXISTS (SELECT 1 FROM following f
                WHERE (f.follower_id = b.blocker_id AND f.followee_id = b.blocked_id)
                    OR (f.follower_id = b.blocked_id AND f.followee_id = b.blocker_id))
            """
        ),
    ]

    static let oneSidedFollows = [
        """
        SELECT count(*) FROM following a WHERE NOT EXISTS (
            SELECT 1 FROM followers b WHERE b.followee_id = a.followee_id AND b.follower_id = a.follower_id)
        """,
        """
        SELECT count(*) FROM followers b WHERE NOT EXISTS (
            SELECT 1 FROM following a WHERE a.followee_id = b.followee_id AND a.follower_id = b.follower_id)
        """,
    ]

    /// `following` is the truth.
    static let followRepairs = [
        """
        INSERT INTO followers (followee_id, follower_id, follow_id)
        SELECT followee_id, follower_id, follow_id FROM following WHERE true ON CONFLICT DO NOTHING
        """,
        """
        DELETE FROM followers WHERE NOT EXISTS (SELECT 1 FROM following a
            WHERE a.followee_id = followers.followee_id AND a.follower_id = followers.follower_id)
        """,
    ]

    /// Accounts with the counters that their rows give.
    private static let counted = """
        SELECT u.id AS id, coalesce(fr.n, 0) AS followers, coalesce(fg.n, 0) AS following, coalesce(p.n, 0) AS posts
        FROM users u
        LEFT JOIN (SELECT followee_id, count(*) AS n FROM followers GROUP BY followee_id) fr ON fr.followee_id = u.id
        LEFT JOIN (SELECT follower_id, count(*) AS n FROM following GROUP BY follower_id) fg ON fg.follower_id = u.id
        LEFT JOIN (SELECT author_id, count(*) AS n FROM posts WHERE state = 3 AND visibility = 0
            GROUP BY author_id) p ON p.author_id = u.id
        """

    /// Whether everybody sees the post `p`.
    private static let isSeen = """
        p.state = 3 AND p.visibility = 0
            AND EXISTS (SELECT 1 FROM users u WHERE u.id = p.author_id AND u.state = 0 AND u.is_private = 0)
        """

    /// Posts with the number of their descendants that everybody sees.
    private static let countedComments = """
        WITH RECURSIVE up (reply, ancestor) AS (
            SELECT p.id, p.reply_to FROM posts p WHERE p.reply_to IS NOT NULL AND \(isSeen)
            UNION ALL SELECT up.reply, p.reply_to FROM up
                JOIN posts p ON p.id = up.ancestor AND p.bucket = ((up.ancestor >> 12) & 1023)
                WHERE p.reply_to IS NOT NULL)
        SELECT ancestor AS id, count(*) AS n FROM up GROUP BY ancestor
        """

    private static let countedQuotes = """
        SELECT p.quote_of AS id, count(*) AS n FROM posts p WHERE p.quote_of IS NOT NULL AND \(isSeen)
        GROUP BY p.quote_of
        """

    private static let countedShares = "SELECT post_id AS id, count(*) AS n FROM post_shares GROUP BY post_id"

    /// Of the post `p`, among those that answer or quote.
    private static let isWronglyCounted = """
        (p.reply_to IS NOT NULL OR p.quote_of IS NOT NULL) AND p.counted <> CASE WHEN \(isSeen) THEN 1 ELSE 0 END
        """

    static let drifts: [(what: String, sql: String)] = [
        (
            "comments and quotes do not know whether they are counted",
            "SELECT count(*) FROM posts p WHERE \(isWronglyCounted)"
        ),
        (
            "accounts have wrong counters",
            """
            SELECT count(*) FROM (\(counted)) AS truth LEFT JOIN account_counters c ON c.account_id = truth.id
            WHERE coalesce(c.followers, 0) <> truth.followers OR coalesce(c.following, 0) <> truth.following
                OR coalesce(c.posts, 0) <> truth.posts
            """
        ),
        (
            "posts have a wrong number of comments",
            """
            SELECT count(*) FROM posts p LEFT JOIN post_counters c ON c.post_id = p.id
            LEFT JOIN (\(countedComments)) AS truth ON truth.id = p.id
            WHERE coalesce(c.comments, 0) <> coalesce(truth.n, 0)
            """
        ),
        (
            "posts have a wrong number of reposts",
            """
            SELECT count(*) FROM posts p LEFT JOIN post_counters c ON c.post_id = p.id
            LEFT JOIN (\(countedShares)) AS truth ON truth.id = p.id
            WHERE coalesce(c.shares, 0) <> coalesce(truth.n, 0)
            """
        ),
        (
            "posts have a wrong number of quotes",
            """
            SELECT count(*) FROM posts p LEFT JOIN post_counters c ON c.post_id = p.id
            LEFT JOIN (\(countedQuotes)) AS truth ON truth.id = p.id
            WHERE coalesce(c.quotes, 0) <> coalesce(truth.n, 0)
            """
        ),
    ]

    static func counterRepairs(_ layout: PostLayout) -> [String] {
        [
            """
            INSERT INTO account_counters (account_id, followers, following, posts)
            SELECT id, followers, following, posts FROM (\(counted)) AS truth WHERE true
            ON CONFLICT (account_id) DO UPDATE SET followers = excluded.followers, following = excluded.following,
                posts = excluded.posts
            WHERE account_counters.followers <> excluded.followers
                OR account_counters.following <> excluded.following OR account_counters.posts <> excluded.posts
            """
        ]
            + ["UPDATE posts AS p SET counted = 1 - counted WHERE \(isWronglyCounted)"]
            + [("comments", countedComments), ("shares", countedShares), ("quotes", countedQuotes)].map {
                repair($0, counting: $1, layout)
            }
    }

    private static func repair(_ counter: String, counting truth: String, _ layout: PostLayout) -> String {
        """
        INSERT INTO post_counters (\(layout.counterKey), \(counter))
        SELECT \(layout.counterKey(of: "p.id")), coalesce(truth.n, 0)
        FROM posts p LEFT JOIN post_counters c ON c.post_id = p.id LEFT JOIN (\(truth)) AS truth ON truth.id = p.id
        WHERE coalesce(c.\(counter), 0) <> coalesce(truth.n, 0)
        ON CONFLICT (\(layout.counterKey)) DO UPDATE SET \(counter) = excluded.\(counter)
        """
    }

    static let allDrifts = drifts + engagementDrifts + pollDrifts + statsDrifts

    static func allRepairs(_ layout: PostLayout) -> [String] {
        counterRepairs(layout) + engagementRepairs(layout) + pollRepairs + statsRepairs
    }

    /// Whether every event that counts has been counted in this snapshot.
    static func countersAreCurrent(_ store: any SQLReader) throws -> Bool {
        try store.integer(
            """
            WITH counted (topic, consumer) AS (
                VALUES (1, 'account-counters'), (2, 'account-counters'), (1, 'post-counters'), (3, 'engagement-deletion'),
                    (4, 'reaction-counters'), (3, 'post-counters'),
                    (4, 'post-stats'))
            SELECT count(*) FROM outbox o JOIN counted ON counted.topic = o.topic
            WHERE o.event_offset > coalesce(
                (SELECT event_offset FROM consumer_offsets WHERE consumer_group = counted.consumer),
                (SELECT min(event_offset) FROM consumer_watermarks WHERE consumer_group = counted.consumer), 0)
            """) == 0
    }
}
