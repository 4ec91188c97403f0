import Posts
import SQL

/// Counters of accounts and posts against the rows that they count.
extension StoreCheckQueries {
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
    static let isWronglyCounted = """
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
}
