import Accounts
import Core
import EventLog
import SQL

/// Follows, requests, blocks and mutes.
package struct GraphService: Sendable {
    let database: any Database
    let directory: AccountDirectory
    let relations: RelationsCache
    let ids: IDGenerator
    let clock: WallClock

    package init(
        database: any Database, directory: AccountDirectory, relations: RelationsCache, ids: IDGenerator,
        clock: WallClock
    ) {
        self.database = database
        self.directory = directory
        self.relations = relations
        self.ids = ids
        self.clock = clock
    }

    /// What a follow came to: it stands, or it waits for the other's consent.
    package struct FollowOutcome: Hashable, Sendable {
        package var following: Bool
        package var requested: Bool
    }

    /// What stands between the two, for the viewer to see.
    /// - Parameter evenAway: also where the other is suspended or wants to go.
    /// - Throws: `GraphError.notFound` where the other is gone or blocks the viewer.
    package func relationship(
        _ viewer: ID<Account>, to other: ID<Account>, evenAway: Bool = false
    ) async throws -> Relationship {
        guard viewer != other else { return Relationship() }
        if evenAway { try await requireLasting(other) } else { try await requireAccount(other) }
        let found = try await database.read { try GraphQueries.relationship(viewer, other, $0) }
        guard !found.blockedBy else { throw GraphError.notFound }
        return found
    }

    func requireAccount(_ id: ID<Account>) async throws {
        guard let account = try await directory.account(id), account.isActive else { throw GraphError.notFound }
    }

    /// - Throws: `GraphError.notFound` where there is no such account, or it is erased.
    func requireLasting(_ id: ID<Account>) async throws {
        guard let account = try await directory.account(id), account.state != .deleted else {
            throw GraphError.notFound
        }
    }

    func requireOther(_ viewer: ID<Account>, _ other: ID<Account>) async throws {
        guard viewer != other else { throw GraphError.selfReference }
        try await requireAccount(other)
    }

    func newID(_ owner: ID<Account>) async throws -> SQLValue {
        .integer(try await ids.next(bucket: owner.bucket))
    }
}
