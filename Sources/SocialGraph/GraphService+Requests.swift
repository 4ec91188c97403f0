import Accounts
import Core
import EventLog
import SQL

extension GraphService {
    /// Accepts the request of `requester` to follow `viewer`.
    /// - Throws: `GraphError.requestNotFound`.
    package func acceptRequest(_ viewer: ID<Account>, from requester: ID<Account>) async throws {
        let followID = try await newID(requester)
        let now = clock.now()
        try await database.write { store in
            guard try GraphWrites.removeRequest(from: requester, to: viewer, now: now, store) else {
                throw GraphError.requestNotFound
            }
            guard try GraphQueries.count("following", "follower_id", requester, store) < Limits.followingMax else {
                throw GraphError.limitReached("followed accounts", max: Limits.followingMax)
            }
            try GraphWrites.addFollow(
                requester, viewer, followID: followID, flags: FollowFlags.accepted, now: now, store)
        }
    }

    /// Rejects the request of `requester`, who is not told.
    /// - Throws: `GraphError.requestNotFound`.
    package func rejectRequest(_ viewer: ID<Account>, from requester: ID<Account>) async throws {
        let now = clock.now()
        try await database.write { store in
            guard try GraphWrites.removeRequest(from: requester, to: viewer, now: now, store) else {
                throw GraphError.requestNotFound
            }
        }
    }
}

/// An account that opens up takes in everyone who asked to follow it, in the same transaction.
package struct RequestsOfOpenedAccounts: PrivacyObserver {
    private let clock: WallClock

    package init(clock: WallClock) {
        self.clock = clock
    }

    package func becamePublic(_ account: ID<Account>, in store: any SQLWriter) throws {
        let requests = try store.query(
            "SELECT requester_id, request_id FROM follow_requests WHERE target_id = $1 ORDER BY request_id",
            [.integer(account.rawValue)]
        ) { (requester: $0.id(0, Account.self), requestID: $0.int64(1)) }
        for request in requests {
            try GraphWrites.removeRequest(from: request.requester, to: account, now: clock.now(), store)
            try GraphWrites.addFollow(
                request.requester, account, followID: .integer(request.requestID), now: clock.now(), store)
        }
    }
}
