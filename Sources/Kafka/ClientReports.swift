import CRdKafka
import Core
import Logging
import Telemetry

/// Turns what every client reports of itself into logs and metrics.
struct ClientReports: Sendable {
    private let logger: Logger
    private let metrics: StatisticsMetrics

    /// - Parameter client: the metrics' label: `producer`, `admin` or the consumer's group.
    init(client: String, group: String?, logger: Logger, metrics factory: any MetricsFactory) {
        var logger = logger
        logger[metadataKey: "kafka_client"] = "\(client)"
        self.logger = logger
        metrics = StatisticsMetrics(client: client, group: group, factory: factory)
    }

    /// - Returns: whether the event was one of these.
    func take(_ event: OpaquePointer) -> Bool {
        switch rd_kafka_event_type(event) {
        case RD_KAFKA_EVENT_LOG: log(event)
        case RD_KAFKA_EVENT_ERROR: error(event)
        case RD_KAFKA_EVENT_STATS:
            guard let json = rd_kafka_event_stats(event) else { return true }
            metrics.record(String(cString: json), logger)
        default: return false
        }
        return true
    }

    /// Losing brokers is waited out, so it is told and no more. What is fatal is found by `KafkaClient.fatalError`.
    private func error(_ event: OpaquePointer) {
        guard let text = rd_kafka_event_error_string(event) else { return }
        let isFatal = rd_kafka_event_error_is_fatal(event) != 0
        logger.log(
            level: isFatal ? .error : .warning, "kafka error", metadata: [LogKey.error: "\(String(cString: text))"])
    }

    private func log(_ event: OpaquePointer) {
        var facility: UnsafePointer<CChar>?
        var text: UnsafePointer<CChar>?
        var severity: Int32 = 0
        guard rd_kafka_event_log(event, &facility, &text, &severity) == 0, let text else { return }
        logger.log(level: Self.level(severity), "kafka", metadata: ["text": "\(String(cString: text))"])
    }

    /// From syslog's severities. A lost connection is an error to the library, and an everyday thing to us.
    private static func level(_ severity: Int32) -> Logger.Level {
        switch severity {
        case ...2: .error
        case 3, 4: .warning
        case 5: .notice
        case 6: .info
        default: .debug
        }
    }
}
