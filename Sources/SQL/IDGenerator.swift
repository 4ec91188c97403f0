import Core
import Synchronization

/// Issues ids under a node number leased from the store.
///
/// The lease reaches a little ahead of the clock and is renewed only while ids are asked for; a process that cannot renew
/// issues none. A new process starts above the last lease.
package final class IDGenerator: Sendable {
    /// How far ahead of the clock a lease reaches; also the most by which ids can run ahead after a crash.
    private static let leaseAhead: Int64 = 2_000

    private let database: any Database
    private let node: Int
    private let generator: SnowflakeGenerator

    package static let migration = Migration("0002-node-leases") { _ in
        ["CREATE TABLE node_leases (node SMALLINT PRIMARY KEY NOT NULL, leased_until BIGINT NOT NULL)"]
    }

    private init(database: any Database, node: Int, generator: SnowflakeGenerator) {
        self.database = database
        self.node = node
        self.generator = generator
    }

    /// Takes up the node's lease where the last process left it.
    package static func leased(from database: any Database, node: Int, clock: WallClock) async throws -> IDGenerator {
        let last = try await database.read { store in
            try store.integer("SELECT leased_until FROM node_leases WHERE node = $1", [.integer(Int64(node))])
        }
        let generator = SnowflakeGenerator(node: node, clock: clock, notBefore: last)
        return IDGenerator(database: database, node: node, generator: generator)
    }

    /// A new id in `bucket`.
    package func next(bucket: Int) async throws -> Int64 {
        while true {
            do { return try generator.next(bucket: bucket) } catch SnowflakeGenerator.Failure.leaseLapsed {
                try await renew()
            }
        }
    }

    package func next<Entity>(bucket: Int, _: Entity.Type = Entity.self) async throws -> ID<Entity> {
        ID(try await next(bucket: bucket))
    }

    /// Gives the unused part of the lease back, so that the next process starts at the present.
    package func release() async throws {
        try await store(generator.endLease(), lowering: true)
    }

    private func renew() async throws {
        let until = generator.frontier + Self.leaseAhead
        try await store(until, lowering: false)
        generator.extendLease(until: until)
    }

    /// Two renewals may commit in either order, so only `lowering` may bring the stored end down.
    private func store(_ until: Int64, lowering: Bool) async throws {
        let node = Int64(node)
        _ = try await database.commit(
            [
                Statement(
                    """
                    INSERT INTO node_leases (node, leased_until) VALUES ($1, $2)
                    ON CONFLICT (node) DO UPDATE SET leased_until = excluded.leased_until
                    WHERE excluded.leased_until > node_leases.leased_until OR $3 = 1
                    """, [.integer(node), .integer(until), .flag(lowering)])
            ], announcing: [])
    }
}
