import Accounts
import Core
import EventLog
import SQL

extension GraphService {
    /// Lets `friend` see what the owner posts for close friends, what is there already too. They are not told.
    /// - Throws: `GraphError.notFound` where the other is gone or blocks the owner, `.blocking` where the owner blocks them,
    ///   `.limitReached`.
    package func addCloseFriend(_ friend: ID<Account>, of owner: ID<Account>) async throws {
        guard owner != friend else { throw GraphError.selfReference }
        try await requireVisible(friend, to: owner)
        let addedID = try await newID(owner)
        let now = clock.now()
        try await database.write { store in
            guard try !Self.isBlocked(owner, by: friend, store) else { throw GraphError.notFound }
            guard try !Self.isBlocked(friend, by: owner, store) else { throw GraphError.blocking }
            try Self.require(
                try GraphQueries.count("close_friends", "account_id", owner, store), below: Limits.closeFriendsMax,
                "close friends")
            let added = try store.execute(
                """
                INSERT INTO close_friends (account_id, friend_id, added_id) VALUES ($1, $2, $3)
                ON CONFLICT (account_id, friend_id) DO NOTHING
                """, [.integer(owner.rawValue), .integer(friend.rawValue), addedID])
            guard added == 1 else { return }
            // Older posts become part of the friend's feed, which fan-out and `since` have to know.
            try Outbox.append(
                Event(.closeFriendAdded, key: friend.rawValue, subject: owner.rawValue, occurredAt: now), in: store)
            store.announce(.closeFriendAdded(of: owner.rawValue, friend: friend.rawValue))
        }
    }

    /// Hides from `friend` what the owner posts for close friends. They are not told.
    /// - Throws: `GraphError.notFound` for an account that is not on the list and not to be seen either.
    package func removeCloseFriend(_ friend: ID<Account>, of owner: ID<Account>) async throws {
        guard owner != friend else { throw GraphError.selfReference }
        let removed = try await database.write { try GraphWrites.removeCloseFriend(friend, of: owner, $0) }
        if !removed { try await requireVisible(friend, to: owner) }
    }
}

extension GraphService {
    /// Puts an account back on the list, from an archive.
    /// - Parameter pair: the owner and the friend.
    /// - Returns: false where a block keeps them apart, the list is full, or they are on it.
    package static func restoreCloseFriend(
        _ pair: [SQLValue], row: SQLValue, _ store: any SQLWriter
    ) throws -> Bool {
        let apart = try store.integer(
            """
            SELECT count(*) FROM blocks
            WHERE (blocker_id = $1 AND blocked_id = $2) OR (blocker_id = $2 AND blocked_id = $1)
            """, pair)
        let count = try store.integer("SELECT count(*) FROM close_friends WHERE account_id = $1", Array(pair.prefix(1)))
        guard apart == 0, count < Limits.closeFriendsMax else { return false }
        return try store.execute(
            """
            INSERT INTO close_friends (account_id, friend_id, added_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
            """, pair + [row]) == 1
    }
}

extension GraphWrites {
    /// - Returns: whether the friend was on the list.
    @discardableResult
    static func removeCloseFriend(
        _ friend: ID<Account>, of owner: ID<Account>, _ store: any SQLWriter
    ) throws -> Bool {
        let removed = try store.execute(
            "DELETE FROM close_friends WHERE account_id = $1 AND friend_id = $2",
            [.integer(owner.rawValue), .integer(friend.rawValue)])
        guard removed > 0 else { return false }
        store.announce(.closeFriendRemoved(of: owner.rawValue, friend: friend.rawValue))
        return true
    }
}

extension Limits {
    package static let closeFriendsMax = 1_000
}
