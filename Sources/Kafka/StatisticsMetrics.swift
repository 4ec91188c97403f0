import Foundation
import Logging
import Metrics
import Synchronization
import Telemetry

/// The metrics of this target.
package enum KafkaMetric {
    /// Records of a partition that its group has not committed. Labels `group`, `topic` and `partition`.
    package static let lag = "starling_kafka_lag"
    /// Records that a producer holds unconfirmed. Label `client`.
    package static let queuedRecords = "starling_kafka_queued_records"
    /// Mean time of a request to the slowest broker, over the last period. Label `client`.
    package static let roundTripSeconds = "starling_kafka_round_trip_seconds"

    package static let help: [String: String] = [
        lag: "Records of a partition that its consumer group has not committed.",
        queuedRecords: "Records that a producer holds because Kafka has not confirmed them.",
        roundTripSeconds: "Mean time of a request to the slowest broker, over the last period.",
    ]
}

/// What is read from the library's statistics, whose format is its STATISTICS.md.
struct ClientStatistics: Decodable {
    struct Broker: Decodable {
        struct Window: Decodable {
            /// Microseconds.
            let avg: Int64
        }
        let rtt: Window?
    }
    struct Topic: Decodable {
        struct Partition: Decodable {
            let partition: Int32
            let fetch_state: String
            let committed_offset: Int64
            let lo_offset: Int64
            let hi_offset: Int64

            /// Nil for a partition that another member of the group reads.
            var lag: Int64? {
                guard fetch_state == "active", hi_offset >= 0 else { return nil }
                let reached = committed_offset >= 0 ? committed_offset : max(0, lo_offset)
                return max(0, hi_offset - reached)
            }
        }
        let partitions: [String: Partition]
    }
    let msg_cnt: Int64
    let brokers: [String: Broker]
    let topics: [String: Topic]
}

/// Gauges fed from the statistics.
final class StatisticsMetrics: Sendable {
    private let group: String?
    private let factory: any MetricsFactory
    private let queuedRecords: Gauge
    private let roundTrip: Gauge
    private let lags = Mutex<[KafkaPartition: Gauge]>([:])

    init(client: String, group: String?, factory: any MetricsFactory) {
        self.factory = factory
        self.group = group
        let labels = [("client", client)]
        queuedRecords = Gauge(label: KafkaMetric.queuedRecords, dimensions: labels, factory: factory)
        roundTrip = Gauge(label: KafkaMetric.roundTripSeconds, dimensions: labels, factory: factory)
    }

    func record(_ json: String, _ logger: Logger) {
        let statistics: ClientStatistics
        do { statistics = try JSONDecoder().decode(ClientStatistics.self, from: Data(json.utf8)) } catch {
            return logger.warning("kafka statistics not understood", metadata: [LogKey.error: "\(error)"])
        }
        queuedRecords.record(statistics.msg_cnt)
        let slowest = statistics.brokers.values.compactMap { $0.rtt?.avg }.max() ?? 0
        roundTrip.record(Double(slowest) / 1_000_000)
        guard group != nil else { return }
        for (topic, found) in statistics.topics {
            for partition in found.partitions.values where partition.partition >= 0 {
                let gauge = gauge(KafkaPartition(topic: topic, number: partition.partition))
                // A partition that went to another member is that one's to report.
                gauge.record(partition.lag ?? 0)
            }
        }
    }

    private func gauge(_ partition: KafkaPartition) -> Gauge {
        lags.withLock { lags in
            if let known = lags[partition] { return known }
            let labels = [("group", group ?? ""), ("topic", partition.topic), ("partition", String(partition.number))]
            let gauge = Gauge(label: KafkaMetric.lag, dimensions: labels, factory: factory)
            lags[partition] = gauge
            return gauge
        }
    }
}
