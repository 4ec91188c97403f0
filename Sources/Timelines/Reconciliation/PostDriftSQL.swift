import Posts

/// The questions behind `PostDrift`, each for the posts in `$1`.
enum PostDriftSQL {
    /// What everybody sees of comments and quotes is counted by the mark that each of them carries, which changes in one
    /// transaction with the counters.
    static func counters(_ layout: PostLayout) -> String {
        """
        SELECT p.id, p.position, p.author_id, coalesce(c.likes, 0), coalesce(c.comments, 0),
            (SELECT count(*) FROM post_shares s WHERE s.bucket = ((k.value >> 12) & 1023) AND s.post_id = k.value)
                - coalesce(c.shares, 0),
            (SELECT count(*) FROM quotes q \(layout.joinPost(where: "position", is: "q.position"))
                WHERE q.bucket = ((k.value >> 12) & 1023) AND q.post_id = k.value AND p.counted = 1)
                - coalesce(c.quotes, 0),
            p.reply_to,
            (SELECT r.likes FROM replies r WHERE r.bucket = ((p.reply_to >> 12) & 1023) AND r.post_id = p.reply_to
                AND r.position = p.position),
            CASE WHEN \(StoreCheckQueries.isWronglyCounted) THEN 1 ELSE 0 END
        FROM list($1) AS k \(layout.joinPost(where: "id", is: "k.value")) \(layout.joinCounters) ORDER BY p.id
        """
    }

    /// How many comments below each post, at any depth, are counted.
    static func comments(_ layout: PostLayout) -> String {
        """
        WITH RECURSIVE down (root, id, counted) AS (
            SELECT k.value, p.id, p.counted FROM list($1) AS k
                \(layout.joinReplies(of: "k.value")) \(layout.joinPost(where: "position", is: "r.position"))
            UNION ALL SELECT down.root, p.id, p.counted FROM down
                \(layout.joinReplies(of: "down.id")) \(layout.joinPost(where: "position", is: "r.position")))
        SELECT root, CAST(sum(counted) AS BIGINT) FROM down GROUP BY root
        """
    }
}
