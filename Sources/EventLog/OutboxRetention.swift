import Core
import Logging
import Metrics
import SQL
import ServiceLifecycle
import Telemetry

/// Deletes events older than the retention that every stored group has handled.
package struct OutboxRetention: Service {
    private let database: any Database
    private let retention: Duration
    private let awaited: String?
    private let clock: WallClock
    private let logger: Logger

    /// - Parameters:
    ///   - retention: how long events are kept for replay and for `since`; 7 days by default.
    ///   - awaited: a group without which nothing is deleted, also before it has stored a place: the relay's, where consumers
    ///     read from Kafka, and so say nothing of the outbox.
    package init(
        database: any Database, retention: Duration, waitingFor awaited: String? = nil, clock: WallClock, logger: Logger
    ) {
        self.database = database
        self.retention = retention
        self.awaited = awaited
        self.clock = clock
        self.logger = logger
    }

    package func run() async throws {
        await Upkeep.run("prune the outbox", every: .seconds(60), logger: logger) { try await prune() }
    }

    /// - Returns: the number of events deleted.
    @discardableResult
    package func prune() async throws -> Int {
        let before = clock.now() - retention.components.seconds * 1000
        var total = 0
        while true {
            let deleted = try await database.write { [awaited] store in
                if let awaited, try !ConsumerOffsets.isKnown(awaited, in: store) { return 0 }
                return try Self.pruneBatch(before: before, store)
            }
            total += deleted
            guard deleted == Limits.outboxPruneBatchMax else { return total }
        }
    }

    /// Deletes from the oldest on, up to the first event that is young or that a group has still to handle.
    private static func pruneBatch(before: Int64, _ store: any SQLWriter) throws -> Int {
        let handled = try store.first("SELECT min(event_offset) FROM consumer_offsets") { $0.optionalInt64(0) }
        var through: Int64 = 0
        try store.forEach(
            "SELECT event_offset, occurred_at FROM outbox ORDER BY event_offset LIMIT $1",
            [.integer(Int64(Limits.outboxPruneBatchMax))]
        ) { row in
            guard row.int64(1) < before, row.int64(0) <= (handled ?? nil) ?? .max else { return false }
            through = row.int64(0)
            return true
        }
        guard through > 0 else { return 0 }
        try store.execute("UPDATE outbox_retention SET pruned_through = $1 WHERE id = 1", [.integer(through)])
        return try store.execute("DELETE FROM outbox WHERE event_offset <= $1", [.integer(through)])
    }
}
