import Metrics
import Telemetry

/// The names of the relay's metrics.
package enum RelayMetric {
    /// Events that are committed and not published.
    package static let backlog = "starling_relay_backlog"
    package static let batches = "starling_relay_batches"
    package static let events = "starling_relay_events"
    /// Time from an event to its confirmation by the brokers, of the oldest in each batch.
    package static let lagSeconds = "starling_relay_lag_seconds"

    package static let help: [String: String] = [
        backlog: "Events that are committed and not published to Kafka.",
        batches: "Batches of events published to Kafka.",
        events: "Events published to Kafka.",
        lagSeconds: "Time from an event to its confirmation by Kafka, of the oldest in each batch.",
    ]
}

struct RelayMetrics: Sendable {
    let backlog = Gauge(label: RelayMetric.backlog)
    private let batches = Counter(label: RelayMetric.batches)
    private let events = Counter(label: RelayMetric.events)
    private let lag = Timer(label: RelayMetric.lagSeconds)

    /// - Parameter now: when the rows were confirmed, in milliseconds since 1970.
    func note(_ rows: [OutboxRow], now: Int64) {
        batches.increment()
        events.increment(by: rows.count)
        guard let oldest = rows.first else { return }
        lag.recordMilliseconds(max(0, now - oldest.occurredAt))
    }
}
