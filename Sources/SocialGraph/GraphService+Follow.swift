import Accounts
import Core
import EventLog
import SQL

extension GraphService {
    /// The fixed list of a follow found a rule in its way; which one is looked up afterwards.
    private struct Refused: Error {}

    /// Follows `other`, or asks to where that account is private. Doing it again changes nothing.
    /// - Throws: `GraphError` `.notFound`, `.selfReference`, `.blocking` or `.limitReached`.
    package func follow(_ viewer: ID<Account>, _ other: ID<Account>) async throws -> FollowOutcome {
        try await requireOther(viewer, other)
        if try await relations.relations(of: viewer).following.contains(other) {
            return FollowOutcome(following: true, requested: false)
        }
        // A change of privacy or a block may come between the attempt and the look-up of why it was refused.
        for _ in 0..<3 {
            if let account = try await directory.account(other), !account.isPrivate {
                if try await insertFollow(viewer, other) { return FollowOutcome(following: true, requested: false) }
            } else if try await insertRequest(viewer, other) {
                return FollowOutcome(following: false, requested: true)
            }
            let standing = try await standing(viewer, other)
            if standing.following || standing.requested { return standing }
        }
        throw GraphError.notFound
    }

    /// Ends a follow, or takes back the request for one, also where the other is suspended or wants to go.
    package func unfollow(_ viewer: ID<Account>, _ other: ID<Account>) async throws -> FollowOutcome {
        guard viewer != other else { throw GraphError.selfReference }
        try await requireLasting(other)
        guard try await !relations.relations(of: viewer).apart.contains(other) else { throw GraphError.notFound }
        let now = clock.now()
        try await database.write { store in
            try GraphWrites.removeRequest(from: viewer, to: other, now: now, store)
            try GraphWrites.removeFollow(viewer, other, now: now, store)
        }
        return FollowOutcome(following: false, requested: false)
    }

    private func insertFollow(_ viewer: ID<Account>, _ other: ID<Account>) async throws -> Bool {
        let followID = try await newID(viewer)
        let pair: [SQLValue] = [.integer(viewer.rawValue), .integer(other.rawValue), followID]
        let statements = [
            Statement(
                """
                INSERT INTO following (follower_id, followee_id, follow_id)
                SELECT $1, $2, $3 FROM users u
                WHERE u.id = $2 AND u.state = 0 AND u.is_private = 0
                    AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = $1 AND blocked_id = $2)
                    AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = $2 AND blocked_id = $1)
                    AND (SELECT count(*) FROM following WHERE follower_id = $1) < $4
                ON CONFLICT (follower_id, followee_id) DO NOTHING
                """, pair + [.integer(Int64(Limits.followingMax))], expecting: .rows(1, otherwise: Refused())),
            Statement(
                "INSERT INTO followers (follower_id, followee_id, follow_id) VALUES ($1, $2, $3)", pair,
                expecting: .rows(1, otherwise: Refused())),
            Outbox.append(
                Event(.followed, key: viewer.rawValue, subject: other.rawValue, occurredAt: clock.now())),
        ]
        do {
            let changes: [Change] = [
                .followed(follower: viewer.rawValue, followee: other.rawValue), .eventsAppended,
            ]
            _ = try await database.commit(statements, announcing: changes)
            return true
        } catch is Refused {
            return false
        }
    }

    private func insertRequest(_ viewer: ID<Account>, _ other: ID<Account>) async throws -> Bool {
        let statement = Statement(
            """
            INSERT INTO follow_requests (requester_id, target_id, request_id)
            SELECT $1, $2, $3 FROM users u
            WHERE u.id = $2 AND u.state = 0 AND u.is_private = 1
                AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = $1 AND blocked_id = $2)
                AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = $2 AND blocked_id = $1)
                AND NOT EXISTS (SELECT 1 FROM following WHERE follower_id = $1 AND followee_id = $2)
                AND (SELECT count(*) FROM follow_requests WHERE requester_id = $1) < $4
            ON CONFLICT (target_id, requester_id) DO NOTHING
            """,
            [
                .integer(viewer.rawValue), .integer(other.rawValue), try await newID(viewer),
                .integer(Int64(Limits.followRequestsMax)),
            ], expecting: .rows(1, otherwise: Refused()))
        let event = Event(.followRequested, key: viewer.rawValue, subject: other.rawValue, occurredAt: clock.now())
        do {
            let change = Change.relationship(viewer.rawValue, other.rawValue)
            _ = try await database.commit(
                [statement, Outbox.append(event)], announcing: [change, .eventsAppended])
            return true
        } catch is Refused {
            return false
        }
    }

    /// What stands now, or the rule that refused a follow.
    private func standing(_ viewer: ID<Account>, _ other: ID<Account>) async throws -> FollowOutcome {
        try await database.settle()
        let (found, following, requests) = try await database.read { store in
            (
                try GraphQueries.relationship(viewer, other, store),
                try GraphQueries.count("following", "follower_id", viewer, store),
                try GraphQueries.count("follow_requests", "requester_id", viewer, store)
            )
        }
        guard !found.blockedBy else { throw GraphError.notFound }
        guard !found.blocking else { throw GraphError.blocking }
        if !found.following && !found.requested {
            guard following < Limits.followingMax else {
                throw GraphError.limitReached("followed accounts", max: Limits.followingMax)
            }
            guard requests < Limits.followRequestsMax else {
                throw GraphError.limitReached("open follow requests", max: Limits.followRequestsMax)
            }
        }
        return FollowOutcome(following: found.following, requested: found.requested)
    }
}
