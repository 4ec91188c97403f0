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
