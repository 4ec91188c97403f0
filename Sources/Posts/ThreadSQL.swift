/// What `PostVisibility` says of the root of a thread, as a question to the store about the post `p`. What is no comment passes.
package enum ThreadSQL {
    /// Whether the root keeps nobody out whom no block keeps apart from its author.
    package static let isForEveryone =
        "(p.root_id IS NULL OR \(root(isSuch: "r.visibility = 0 AND ra.is_private = 0")))"

    /// Whether the account `viewer`, an expression, may see what is in the thread.
    package static func admits(_ viewer: String) -> String {
        "(p.root_id IS NULL OR p.author_id = \(viewer) OR \(root(isSuch: isFor(viewer))))"
    }

    private static func isFor(_ viewer: String) -> String {
        """
        ((ra.state = 0 AND r.author_id = \(viewer)) OR (((r.visibility = 0 AND ra.is_private = 0)
            OR (ra.state = 0 AND r.visibility IN (0, 1) AND EXISTS (
                SELECT 1 FROM following WHERE follower_id = \(viewer) AND followee_id = r.author_id))
            OR (ra.state = 0 AND r.visibility = 3 AND EXISTS (
                SELECT 1 FROM close_friends WHERE account_id = r.author_id AND friend_id = \(viewer))))
            AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = \(viewer) AND blocked_id = r.author_id)
            AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = r.author_id AND blocked_id = \(viewer))))
        """
    }

    /// - Parameter condition: on the root `r`, deleted or not, and its author `ra`.
    private static func root(isSuch condition: String) -> String {
        """
        EXISTS (SELECT 1 FROM posts r JOIN users ra ON ra.id = r.author_id
            WHERE r.id = p.root_id AND r.bucket = ((p.root_id >> 12) & 1023) AND r.state >= 3 AND \(condition))
        """
    }
}
