import Metrics
import Telemetry

/// The names of metrics of the way through Kafka.
package enum RelayMetric {
    /// Events that are committed and not published.
    package static let backlog = "starling_relay_backlog"
    package static let batches = "starling_relay_batches"
    package static let events = "starling_relay_events"
    /// Times the relay had to begin again: the brokers or the store were away, or refused.
    package static let failures = "starling_relay_failures"
    /// Events of another store, which a group left out. Label `group`.
    package static let foreignRecords = "starling_kafka_foreign_records"
    /// Time from an event to its confirmation by the brokers, of the oldest in each batch.
    package static let lagSeconds = "starling_relay_lag_seconds"

    package static let help: [String: String] = [
        backlog: "Events that are committed and not published to Kafka.",
        batches: "Batches of events published to Kafka.",
        events: "Events published to Kafka.",
        foreignRecords: "Records of another community on the same brokers, which were left out, by group.",
        failures: "Times the relay had to begin again, because of the brokers or the store.",
        lagSeconds: "Time from an event to its confirmation by Kafka, of the oldest in each batch.",
    ]
}

struct RelayMetrics: Sendable {
    let backlog: Gauge
    let failures: Counter
    private let batches: Counter
    private let events: Counter
    private let lag: Timer

    init(factory: any MetricsFactory) {
        backlog = Gauge(label: RelayMetric.backlog, factory: factory)
        failures = Counter(label: RelayMetric.failures, factory: factory)
        batches = Counter(label: RelayMetric.batches, factory: factory)
        events = Counter(label: RelayMetric.events, factory: factory)
        lag = Timer(label: RelayMetric.lagSeconds, factory: factory)
    }

    /// - Parameter now: when the rows were confirmed, in milliseconds since 1970.
    func note(_ rows: [OutboxRow], now: Int64) {
        batches.increment()
        events.increment(by: rows.count)
        guard let oldest = rows.first else { return }
        lag.recordMilliseconds(max(0, now - oldest.occurredAt))
    }
}
