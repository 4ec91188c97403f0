import Accounts
import Core
import EventLog
import SQL

extension GraphService {
    /// Blocks `other`: neither sees the other from now on, and follows, requests and close friendships both ways end.
    package func block(_ viewer: ID<Account>, _ other: ID<Account>) async throws {
        guard viewer != other else { throw GraphError.selfReference }
        try await requireLasting(other, to: viewer)
        let blockID = try await newID(viewer)
        let now = clock.now()
        try await database.write { store in
            // Two blocks at once would each hide the other from its undoing: the second one comes too late.
            guard try !Self.isBlocked(viewer, by: other, store) else { throw GraphError.notFound }
            try Self.require(
                try GraphQueries.count("blocks", "blocker_id", viewer, store), below: Limits.blocksMax, "blocks")
            let added = try store.execute(
                """
                INSERT INTO blocks (blocker_id, blocked_id, block_id) SELECT $1, $2, $3 WHERE \(Self.isNotErased)
                ON CONFLICT (blocker_id, blocked_id) DO NOTHING
                """, [.integer(viewer.rawValue), .integer(other.rawValue), blockID])
            for (one, another) in [(viewer, other), (other, viewer)] {
                try GraphWrites.removeRequest(from: one, to: another, now: now, store)
                try GraphWrites.removeFollow(one, another, now: now, store)
                try GraphWrites.removeCloseFriend(one, of: another, store)
            }
            if added == 1 {
                try Outbox.append(
                    Event(.blocked, key: viewer.rawValue, subject: other.rawValue, occurredAt: now), in: store)
            }
            store.announce(.relationship(viewer.rawValue, other.rawValue))
        }
    }

    package func unblock(_ viewer: ID<Account>, _ other: ID<Account>) async throws {
        guard viewer != other else { throw GraphError.selfReference }
        try await requireLasting(other, to: viewer)
        try await database.write { store in
            try store.execute(
                "DELETE FROM blocks WHERE blocker_id = $1 AND blocked_id = $2",
                [.integer(viewer.rawValue), .integer(other.rawValue)])
            store.announce(.relationship(viewer.rawValue, other.rawValue))
        }
    }

    /// Keeps the posts of `other` out of the viewer's home feed; the other is not told.
    package func mute(_ viewer: ID<Account>, _ other: ID<Account>) async throws {
        guard viewer != other else { throw GraphError.selfReference }
        try await requireLasting(other, to: viewer)
        let muteID = try await newID(viewer)
        let now = clock.now()
        try await database.write { store in
            try Self.require(
                try GraphQueries.count("mutes", "muter_id", viewer, store), below: Limits.mutesMax, "mutes")
            let added = try store.execute(
                """
                INSERT INTO mutes (muter_id, muted_id, mute_id) SELECT $1, $2, $3 WHERE \(Self.isNotErased)
                ON CONFLICT (muter_id, muted_id) DO NOTHING
                """, [.integer(viewer.rawValue), .integer(other.rawValue), muteID])
            if added == 1 {
                try Outbox.append(
                    Event(.muted, key: viewer.rawValue, subject: other.rawValue, occurredAt: now), in: store)
            }
            store.announce(.relationship(viewer.rawValue, other.rawValue))
        }
    }

    package func unmute(_ viewer: ID<Account>, _ other: ID<Account>) async throws {
        guard viewer != other else { throw GraphError.selfReference }
        try await requireLasting(other, to: viewer)
        let now = clock.now()
        try await database.write { store in
            let removed = try store.execute(
                "DELETE FROM mutes WHERE muter_id = $1 AND muted_id = $2",
                [.integer(viewer.rawValue), .integer(other.rawValue)])
            guard removed == 1 else { return }
            // The muted posts are part of the feed again, which `since` has to tell.
            try Outbox.append(
                Event(.unmuted, key: viewer.rawValue, subject: other.rawValue, occurredAt: now), in: store)
            store.announce(.relationship(viewer.rawValue, other.rawValue))
        }
    }

    /// Nothing is added once an erasure has begun, which would not take it along.
    private static let isNotErased = """
        EXISTS (SELECT 1 FROM users WHERE id = $2 AND state <> 2)
            AND NOT EXISTS (SELECT 1 FROM deletions WHERE account_id = $2 AND started_at IS NOT NULL)
        """

    /// For what keeps others away, and for taking back: accounts that are suspended or want to go may come back, so nobody
    /// has to wait for that.
    /// - Throws: `GraphError.notFound` where the other is erased, or blocks the viewer.
    private func requireLasting(_ other: ID<Account>, to viewer: ID<Account>) async throws {
        try await requireLasting(other)
        guard try await !isBlocked(viewer, by: other) else { throw GraphError.notFound }
    }

    /// - Throws: `GraphError.notFound` where the other is gone, or blocks the viewer and so is as if gone.
    func requireVisible(_ other: ID<Account>, to viewer: ID<Account>) async throws {
        try await requireAccount(other)
        guard try await !isBlocked(viewer, by: other) else { throw GraphError.notFound }
    }

    /// Whether `other` blocks the viewer.
    package func isBlocked(_ viewer: ID<Account>, by other: ID<Account>) async throws -> Bool {
        try await database.read { try Self.isBlocked(viewer, by: other, $0) }
    }

    static func isBlocked(
        _ viewer: ID<Account>, by other: ID<Account>, _ store: any SQLReader
    ) throws -> Bool {
        try store.integer(
            "SELECT count(*) FROM blocks WHERE blocker_id = $1 AND blocked_id = $2",
            [.integer(other.rawValue), .integer(viewer.rawValue)]) > 0
    }

    static func require(_ count: Int, below max: Int, _ what: String) throws {
        guard count < max else { throw GraphError.limitReached(what, max: max) }
    }
}
