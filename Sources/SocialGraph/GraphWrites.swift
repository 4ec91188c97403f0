import Accounts
import Core
import EventLog
import SQL

/// The flags of a follow's event.
package enum FollowFlags {
    /// The followee accepted the request for it.
    package static let accepted: Int64 = 1
}

/// Changes of the graph inside a transaction, each with its event and its announcement.
enum GraphWrites {
    /// Adds the follow where it is not there yet.
    static func addFollow(
        _ follower: ID<Account>, _ followee: ID<Account>, followID: SQLValue, flags: Int64 = 0, now: Int64,
        _ store: any SQLWriter
    ) throws {
        let row: [SQLValue] = [.integer(follower.rawValue), .integer(followee.rawValue), followID]
        let added = try store.execute(
            """
            INSERT INTO following (follower_id, followee_id, follow_id) VALUES ($1, $2, $3)
            ON CONFLICT (follower_id, followee_id) DO NOTHING
            """, row)
        guard added == 1 else { return }
        try store.execute("INSERT INTO followers (follower_id, followee_id, follow_id) VALUES ($1, $2, $3)", row)
        try Outbox.append(
            Event(.followed, key: follower.rawValue, subject: followee.rawValue, flags: flags, occurredAt: now),
            in: store)
        store.announce(.followed(follower: follower.rawValue, followee: followee.rawValue))
    }

    /// Removes the follow where it is there, and the followee from the follower's lists.
    static func removeFollow(
        _ follower: ID<Account>, _ followee: ID<Account>, now: Int64, _ store: any SQLWriter
    ) throws {
        let pair: [SQLValue] = [.integer(follower.rawValue), .integer(followee.rawValue)]
        let removed = try store.execute("DELETE FROM following WHERE follower_id = $1 AND followee_id = $2", pair)
        guard removed == 1 else { return }
        try store.execute("DELETE FROM followers WHERE follower_id = $1 AND followee_id = $2", pair)
        try ListRows.remove(followee, fromListsOf: follower, store)
        try Outbox.append(
            Event(.unfollowed, key: follower.rawValue, subject: followee.rawValue, occurredAt: now), in: store)
        store.announce(.unfollowed(follower: follower.rawValue, followee: followee.rawValue))
    }

    /// - Returns: whether there was a request.
    @discardableResult
    static func removeRequest(
        from requester: ID<Account>, to target: ID<Account>, now: Int64, _ store: any SQLWriter
    ) throws -> Bool {
        let removed = try store.execute(
            "DELETE FROM follow_requests WHERE requester_id = $1 AND target_id = $2",
            [.integer(requester.rawValue), .integer(target.rawValue)])
        guard removed > 0 else { return false }
        try Outbox.append(
            Event(.followRequestEnded, key: requester.rawValue, subject: target.rawValue, occurredAt: now), in: store)
        store.announce(.relationship(requester.rawValue, target.rawValue))
        return true
    }
}
