import Core
import Logging
import Metrics
import SQL
import ServiceLifecycle
import Telemetry

/// Tells, once a minute, what the event log keeps: dead letters, rows of the outbox, and how old the oldest event is that a group
/// has still to handle. Every process that runs it tells the same.
package struct EventLogMeasures: Service {
    /// So many dead letters are told apart; more are told as these.
    private static let deadLettersMax: Int64 = 100_000

    private let database: any Database
    private let eventLog: EventLog?
    private let clock: WallClock
    private let logger: Logger
    private let metrics: any MetricsFactory

    /// - Parameter eventLog: knows what its groups read; other groups are taken to read everything.
    package init(
        database: any Database, eventLog: EventLog? = nil, clock: WallClock, logger: Logger,
        metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        self.database = database
        self.eventLog = eventLog
        self.clock = clock
        self.logger = logger
        self.metrics = metrics
    }

    package func run() async throws {
        await Upkeep.run("measure the event log", every: .seconds(60), logger: logger) { try await measure() }
    }

    /// Looks a few rows up by their keys: rows of the outbox are reckoned from the first and the last.
    package func measure() async throws {
        let topics = eventLog?.topics ?? [:]
        let (deadLetters, retained, oldest) = try await database.read { store in
            (
                try store.integer(
                    "SELECT count(*) FROM (SELECT 1 FROM dead_letters LIMIT $1) AS counted",
                    [.integer(Self.deadLettersMax)]),
                try store.integer("SELECT max(event_offset) - min(event_offset) + 1 FROM outbox"),
                try Self.oldestUnhandled(topics, store)
            )
        }
        Gauge(label: MetricName.deadLetters, factory: metrics).record(deadLetters)
        Gauge(label: MetricName.outboxRetained, factory: metrics).record(retained)
        let now = clock.now()
        for (group, occurredAt) in oldest {
            let age = occurredAt.map { max(0, now - $0) / 1_000 } ?? 0
            Gauge(label: MetricName.oldestUnhandledSeconds, dimensions: [("group", group)], factory: metrics).record(
                age)
        }
    }

    /// For each group that keeps its place in the store, the relay among them, when the first event that it reads beyond that
    /// place occurred; nil if there is none.
    private static func oldestUnhandled(
        _ topics: [String: Set<Topic>], _ store: any SQLReader
    ) throws -> [(group: String, occurredAt: Int64?)] {
        let places = try store.query(
            """
            SELECT consumer_group, min(event_offset) FROM (
                SELECT consumer_group, event_offset FROM consumer_offsets
                UNION ALL SELECT consumer_group, event_offset FROM consumer_watermarks) AS places
            GROUP BY consumer_group
            """, []
        ) { ($0.text(0), $0.int64(1)) }
        return try places.map { group, offset in
            let occurredAt = try store.first(
                """
                SELECT occurred_at FROM outbox WHERE event_offset > $1 AND topic IN (SELECT value FROM list($2))
                ORDER BY event_offset LIMIT 1
                """, [.integer(offset), .list((topics[group] ?? Set(Topic.allCases)).map(\.rawValue))]
            ) { $0.int64(0) }
            return (group, occurredAt)
        }
    }
}
