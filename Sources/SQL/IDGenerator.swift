import Core
import Synchronization

/// Issues ids under a node number leased from the store.
///
/// The lease reaches a little ahead of the clock and is renewed only while ids are asked for; a process that cannot renew
/// issues none. A new process starts above the last lease. Where processes claim their numbers, the lease says whose it
/// is: one that was taken for dead and runs again finds that it cannot renew, and goes on under its new number.
package final class IDGenerator: Sendable {
    /// How far ahead of the clock a lease reaches; also the most by which ids can run ahead after a crash.
    private static let leaseAhead: Int64 = 2_000

    /// What ids are issued from.
    private struct Source {
        let lease: NodeLease
        let generator: SnowflakeGenerator
    }

    private let database: any Database
    private let clock: WallClock
    private let source: Mutex<Source>

    package static let migration = Migration("0002-node-leases") { dialect in
        let holder = dialect == .postgreSQL ? ", holder TEXT NOT NULL DEFAULT ''" : ""
        return ["CREATE TABLE node_leases (node SMALLINT PRIMARY KEY NOT NULL, leased_until BIGINT NOT NULL\(holder))"]
    }

    private init(database: any Database, clock: WallClock, source: Source) {
        self.database = database
        self.clock = clock
        self.source = Mutex(source)
    }

    /// Takes up the node's lease where the last process left it.
    /// - Parameter node: the number this process has claimed, where it claims one.
    package static func leased(from database: any Database, node: Int, clock: WallClock) async throws -> IDGenerator {
        let claim = database.nodeClaim.flatMap { $0.node == node ? $0 : nil }
        let lease = NodeLease(node: node, holder: claim?.holder)
        let last = try await lease.takeUp(in: database)
        let generator = SnowflakeGenerator(node: node, clock: clock, notBefore: last)
        return IDGenerator(database: database, clock: clock, source: Source(lease: lease, generator: generator))
    }

    /// A new id in `bucket`.
    package func next(bucket: Int) async throws -> Int64 {
        while true {
            let source = source.withLock { $0 }
            do { return try source.generator.next(bucket: bucket) } catch SnowflakeGenerator.Failure.leaseLapsed {
                try await renew(source)
            }
        }
    }

    package func next<Entity>(bucket: Int, _: Entity.Type = Entity.self) async throws -> ID<Entity> {
        ID(try await next(bucket: bucket))
    }

    /// Gives the unused part of the lease back, so that the next process starts at the present.
    package func release() async throws {
        let source = source.withLock { $0 }
        try await source.lease.store(source.generator.endLease(), lowering: true, in: database)
    }

    private func renew(_ source: Source) async throws {
        if source.lease.holder != nil, let claim = database.nodeClaim, claim.holder != source.lease.holder {
            return try await takeUp(claim, after: source)
        }
        let until = source.generator.frontier + Self.leaseAhead
        try await source.lease.store(until, lowering: false, in: database)
        source.generator.extendLease(until: until)
    }

    /// Goes on under another number, above all that was issued here.
    private func takeUp(_ claim: NodeClaim, after old: Source) async throws {
        let lease = NodeLease(node: claim.node, holder: claim.holder)
        let last = try await lease.takeUp(in: database)
        let start = max(last, old.generator.endLease())
        let new = Source(
            lease: lease, generator: SnowflakeGenerator(node: claim.node, clock: clock, notBefore: start))
        source.withLock { current in
            // Another call may have been quicker.
            if current.lease.holder == old.lease.holder { current = new }
        }
    }
}
