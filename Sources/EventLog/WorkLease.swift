import Core
import Logging
import Metrics
import SQL
import ServiceLifecycle
import Synchronization
import Telemetry

/// The right to a piece of work that one process at a time does, such as a consumer group or the relay: a row in the store
/// with a holder and an end, by the store's clock.
///
/// Holding it keeps two processes from doing the same; that their effects do no harm if they do is for the effect to see
/// to, by a compare-and-set on what it believes: a process may be stopped between looking here and acting.
package final class WorkLease: Service, Sendable {
    package static let migration = Migration("0012-work-leases") { _ in
        [
            """
            CREATE TABLE work_leases (
                name TEXT PRIMARY KEY NOT NULL, holder TEXT NOT NULL, epoch BIGINT NOT NULL, held_until BIGINT NOT NULL)
            """
        ]
    }

    private struct State {
        /// Nanoseconds of `CacheLease.now`.
        var heldUntil: UInt64 = 0
        var epoch: Int64 = 0
        var observers: [@Sendable () -> Void] = []
    }

    package let name: String
    private let holder: String
    private let database: any Database
    private let logger: Logger
    private let state = Mutex(State())
    private let held: Gauge

    /// - Parameter holder: names this process, and no other that ever ran.
    package init(
        _ name: String, holder: String, database: any Database, logger: Logger,
        metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        self.name = name
        self.holder = holder
        self.database = database
        self.logger = logger
        held = Gauge(label: MetricName.workLeaseHeld, dimensions: [("work", name)], factory: metrics)
    }

    /// The number of this holding if the work is this process's now; another holder's has another number.
    package var epoch: Int64? {
        state.withLock { CacheLease.now < $0.heldUntil ? $0.epoch : nil }
    }

    /// Calls `observer` whenever the lease was acquired.
    package func onAcquired(_ observer: @escaping @Sendable () -> Void) {
        state.withLock { $0.observers.append(observer) }
    }

    package func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            // Beside the renewal, which says nothing while the store is away.
            group.addTask {
                await Upkeep.run("tell who works", every: Limits.workLeaseRenewal, logger: self.logger) {
                    self.measure()
                }
            }
            await Upkeep.run("hold the lease of \(name)", every: Limits.workLeaseRenewal, logger: logger) {
                try await self.renew()
            }
            group.cancelAll()
        }
        do { try await release() } catch {
            logger.warning("lease not given back", metadata: ["work": "\(name)", LogKey.error: "\(error)"])
        }
    }

    /// Takes the lease where it is free, or extends it.
    package func renew() async throws {
        let asked = CacheLease.now
        let now = database.dialect.nowMilliseconds
        let results = try await database.commit(
            [
                Statement(
                    """
                    INSERT INTO work_leases (name, holder, epoch, held_until) VALUES ($1, $2, 1, \(now) + $3)
                    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until,
                        epoch = work_leases.epoch + CASE WHEN work_leases.holder = excluded.holder THEN 0 ELSE 1 END
                    WHERE work_leases.holder = excluded.holder OR work_leases.held_until < \(now)
                    RETURNING epoch
                    """, [.text(name), .text(holder), .integer(Int64(Limits.workLeaseSeconds) * 1_000)])
            ], announcing: [])
        let epoch = results.first?.rows.first?.first?.int64
        note(epoch, until: asked + Limits.workLeaseSeconds * 1_000_000_000)
    }

    private func note(_ epoch: Int64?, until end: UInt64) {
        let observers = state.withLock { state -> [@Sendable () -> Void] in
            let wasHeld = CacheLease.now < state.heldUntil && state.epoch == epoch
            state.heldUntil = epoch == nil ? 0 : end
            state.epoch = epoch ?? state.epoch
            return epoch != nil && !wasHeld ? state.observers : []
        }
        measure()
        if !observers.isEmpty { logger.info("lease acquired", metadata: ["work": "\(name)"]) }
        for observer in observers { observer() }
    }

    /// Tells whether the work is this process's now.
    private func measure() {
        held.record(epoch == nil ? 0 : 1)
    }

    /// Lets another process take over at once.
    package func release() async throws {
        let wasHeld = state.withLock { state in
            defer { state.heldUntil = 0 }
            return state.heldUntil > 0
        }
        measure()
        guard wasHeld else { return }
        _ = try await database.commit(
            [
                Statement(
                    "UPDATE work_leases SET held_until = 0 WHERE name = $1 AND holder = $2",
                    [.text(name), .text(holder)])
            ], announcing: [])
    }
}

extension Limits {
    /// How long a process that stopped keeps others from its work.
    package static let workLeaseSeconds: UInt64 = 3
    package static let workLeaseRenewal: Duration = .milliseconds(500)
}
