import Posts
import SQL

/// What a feed is, as one query that knows nothing of timelines.
extension StoreCheckQueries {
    /// A home feed by its definition: the posts of the viewer and of those they follow, and what those shared, newest first.
    static func feed(_ dialect: Dialect) -> String {
        """
        SELECT position FROM (\(ownPlaces(dialect))) AS own UNION ALL SELECT position FROM (\(sharedPlaces)) AS shared
        ORDER BY position DESC LIMIT $2
        """
    }

    /// Posts with a place of their own.
    private static func ownPlaces(_ dialect: Dialect) -> String {
        let authors = """
            SELECT followee_id FROM following f WHERE follower_id = $1 AND NOT \(isExclusive("f.followee_id"))
            UNION SELECT $1
            """
        return switch dialect {
        case .sqlite:
            """
            SELECT p.position FROM posts p JOIN users a ON a.id = p.author_id
            WHERE p.author_id IN (\(authors)) AND a.state = 0 AND \(belongsInFeed)
            ORDER BY p.position DESC LIMIT $2
            """
        case .postgreSQL:
            """
            SELECT newest.position FROM users a CROSS JOIN LATERAL (
                SELECT p.position FROM posts p
                WHERE p.author_id = a.id AND p.bucket = ((a.id >> 12) & 1023) AND \(belongsInFeed)
                ORDER BY p.position DESC LIMIT $2) AS newest
            WHERE a.id IN (\(authors)) AND a.state = 0 ORDER BY newest.position DESC LIMIT $2
            """
        }
    }

    /// Whether an exclusive list of the viewer's keeps an account out of the home feed.
    private static func isExclusive(_ account: String) -> String {
        """
        EXISTS (SELECT 1 FROM list_members x JOIN lists l ON l.account_id = x.account_id AND l.list_id = x.list_id
            WHERE x.account_id = $1 AND l.account_id = $1 AND x.member_id = \(account) AND l.is_exclusive = 1)
        """
    }

    /// Who leaves the graph leaves the lists.
    static let strangersOnLists = (
        "lists hold accounts that their owners do not follow",
        """
        SELECT count(*) FROM list_members m WHERE NOT EXISTS (
            SELECT 1 FROM following f WHERE f.follower_id = m.account_id AND f.followee_id = m.member_id)
        """
    )

    private static let notHidden = """
        NOT EXISTS (SELECT 1 FROM post_feedback h WHERE h.account_id = $1 AND h.post_id = p.id AND h.kind = 3)
        """

    private static let belongsInFeed = """
        p.state = 3 AND \(notHidden) AND \(ThreadSQL.admits("$1")) AND (p.author_id = $1 OR ((p.visibility <= 1 OR \(isForFriend))
            AND NOT EXISTS (SELECT 1 FROM mutes WHERE muter_id = $1 AND muted_id = p.author_id)
            AND (p.reply_to_author IS NULL OR p.reply_to_author = $1 OR EXISTS (
                SELECT 1 FROM following WHERE follower_id = $1 AND followee_id = p.reply_to_author))))
        """

    private static let isForFriend = """
        (p.visibility = 3 AND EXISTS (SELECT 1 FROM close_friends WHERE account_id = p.author_id AND friend_id = $1))
        """

    /// Other posts, where the first followee shared them.
    private static let sharedPlaces = """
        SELECT min(r.position) AS position FROM following f
        JOIN users s ON s.id = f.followee_id AND s.state = 0
        JOIN reposts r ON r.sharer_id = f.followee_id AND r.bucket = ((f.followee_id >> 12) & 1023)
        JOIN posts p ON p.id = r.post_id AND p.bucket = ((r.post_id >> 12) & 1023)
        JOIN users a ON a.id = p.author_id AND a.state = 0
        WHERE f.follower_id = $1 AND p.state = 3 AND p.author_id <> $1 AND p.author_id <> f.followee_id
            AND NOT \(isExclusive("f.followee_id"))
            AND \(notHidden) AND \(ThreadSQL.admits("$1"))
            AND NOT EXISTS (SELECT 1 FROM mutes WHERE muter_id = $1 AND muted_id IN (f.followee_id, p.author_id))
            AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = $1 AND blocked_id = p.author_id)
            AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = p.author_id AND blocked_id = $1)
            AND CASE WHEN EXISTS (SELECT 1 FROM following WHERE follower_id = $1 AND followee_id = p.author_id)
                THEN (p.visibility <= 1 OR \(isForFriend)) AND (\(isExclusive("p.author_id")) OR p.reply_to_author IS NOT NULL
                    AND p.reply_to_author <> $1 AND NOT EXISTS (
                        SELECT 1 FROM following WHERE follower_id = $1 AND followee_id = p.reply_to_author))
                ELSE (p.visibility = 0 AND a.is_private = 0) OR \(isForFriend) END
        GROUP BY p.id
        """

    /// What was hidden is read from rows here and from marks by feeds.
    static let feedbackOtherThanMarks = (
        "marks of viewers do not say what their feedback says",
        """
        SELECT (SELECT count(*) FROM viewer_marks m WHERE ((m.flags >> 5) & 3) > 0 AND NOT EXISTS (
            SELECT 1 FROM post_feedback f WHERE f.account_id = m.account_id AND f.post_id = m.post_id))
            + (SELECT count(*) FROM post_feedback f WHERE NOT EXISTS (SELECT 1 FROM viewer_marks m
                WHERE m.account_id = f.account_id AND m.post_id = f.post_id AND ((m.flags >> 5) & 3) = f.kind))
        """
    )
}
