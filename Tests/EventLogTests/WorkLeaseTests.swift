import EventLog
import SQL
import Telemetry
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct WorkLeaseTests {
    private let harness: Harness
    private let registry = MetricsRegistry()
    private let lease: WorkLease

    init() async throws {
        harness = try await Harness()
        try await Migrator([
            Outbox.migration, Outbox.narrowKeys, ConsumerWatermarks.migration, WorkLease.migration,
        ]).migrate(harness.database)
        lease = WorkLease(
            "work", holder: "a", database: harness.database, logger: harness.logger, metrics: registry)
    }

    private func isTold(_ value: String) -> Bool {
        registry.prometheusText().contains("starling_work_lease_held{work=\"work\"} \(value)\n")
    }

    /// Longer than a lease lasts.
    private func eventually(_ condition: () -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end {
            if condition() { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    @Test("a lease that lapsed because the store is away is not told as held")
    func lapse() async throws {
        let lease = lease
        let running = Task { try await lease.run() }
        #expect(try await eventually { isTold("1.0") })
        try await harness.database.close()
        #expect(try await eventually { lease.epoch == nil && isTold("0.0") })
        running.cancel()
        try await running.value
    }

    @Test("a lease that was given back is not told as held")
    func release() async throws {
        try await lease.renew()
        #expect(isTold("1.0"))
        try await lease.release()
        #expect(isTold("0.0"))
    }
}
