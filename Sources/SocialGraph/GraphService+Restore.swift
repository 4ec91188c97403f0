import Core
import EventLog
import SQL

/// What comes back with an archive of an account, whose pairs begin with it. Each returns whether it did.
extension GraphService {
    /// Follows again, where the other account is open to all, or agrees, and no block stands between.
    package static func restoreFollow(
        _ pair: [SQLValue], row: SQLValue, isAgreed: Bool, now: Int64, _ store: any SQLWriter
    ) throws -> Bool {
        let added = try store.execute(
            """
            INSERT INTO following (follower_id, followee_id, follow_id)
            SELECT $1, $2, $3 FROM users WHERE id = $2 AND (is_private = 0 OR $5 = 1) AND \(notApart)
                AND (SELECT count(*) FROM following WHERE follower_id = $1) < $4
            ON CONFLICT (follower_id, followee_id) DO NOTHING
            """, pair + [row, .integer(Int64(Limits.followingMax)), .flag(isAgreed)])
        guard added == 1 else { return false }
        try store.execute(
            "INSERT INTO followers (follower_id, followee_id, follow_id) VALUES ($1, $2, $3)", pair + [row])
        try Outbox.append(
            Event(.followsImported, key: 0, subject: 0, list: pair.compactMap(\.int64), occurredAt: now), in: store)
        return true
    }

    package static func isFollowing(_ pair: [SQLValue], _ store: any SQLReader) throws -> Bool {
        try store.integer("SELECT count(*) FROM following WHERE follower_id = $1 AND followee_id = $2", pair) == 1
    }

    /// Asks a private account again, without telling it anew.
    package static func restoreRequest(_ pair: [SQLValue], row: SQLValue, _ store: any SQLWriter) throws -> Bool {
        try store.execute(
            """
            INSERT INTO follow_requests (requester_id, target_id, request_id)
            SELECT $1, $2, $3 FROM users WHERE id = $2 AND is_private = 1 AND \(notApart)
                AND NOT EXISTS (SELECT 1 FROM following WHERE follower_id = $1 AND followee_id = $2)
            ON CONFLICT DO NOTHING
            """, pair + [row]) == 1
    }

    /// Blocks again, where neither follows the other.
    package static func restoreBlock(_ pair: [SQLValue], row: SQLValue, _ store: any SQLWriter) throws -> Bool {
        try store.execute(
            """
            INSERT INTO blocks (blocker_id, blocked_id, block_id) SELECT $1, $2, $3 FROM users WHERE id = $2
                AND NOT EXISTS (SELECT 1 FROM following WHERE follower_id = $1 AND followee_id = $2)
                AND NOT EXISTS (SELECT 1 FROM following WHERE follower_id = $2 AND followee_id = $1)
                AND (SELECT count(*) FROM blocks WHERE blocker_id = $1) < $4
            ON CONFLICT DO NOTHING
            """, pair + [row, .integer(Int64(Limits.blocksMax))]) == 1
    }

    package static func restoreMute(_ pair: [SQLValue], row: SQLValue, _ store: any SQLWriter) throws -> Bool {
        try store.execute(
            """
            INSERT INTO mutes (muter_id, muted_id, mute_id) SELECT $1, $2, $3 FROM users WHERE id = $2
                AND (SELECT count(*) FROM mutes WHERE muter_id = $1) < $4
            ON CONFLICT DO NOTHING
            """, pair + [row, .integer(Int64(Limits.mutesMax))]) == 1
    }

    private static let notApart = """
        NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = $1 AND blocked_id = $2)
            AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = $2 AND blocked_id = $1)
        """
}
