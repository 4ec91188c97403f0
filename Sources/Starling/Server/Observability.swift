import BlobStore
import EventLog
import Kafka
import Logging
import Metrics
import Redis
import Streaming
import Telemetry

extension Logger {
    /// For Hummingbird, whose only errors are echoes of the one that ends the server.
    static var silent: Logger {
        var logger = Logger(label: "starling")
        logger.logLevel = .critical
        return logger
    }
}

/// Sets up logs and metrics, once per process and before anything that uses them is made.
enum Observability {
    static func start(level: Logger.Level, format: LogFormat) -> MetricsRegistry {
        LoggingSystem.bootstrap { label in
            StructuredLogHandler(label: label, format: format, level: level)
        }
        let registry = MetricsRegistry(help: help)
        MetricsSystem.bootstrap(registry)
        return registry
    }

    /// Help texts of every target's metrics, by name.
    static let help = [
        MetricName.help, MetricName.redisHelp, MetricName.blobStoreHelp, KafkaMetric.help, RelayMetric.help,
        MetricName.streamHelp,
    ].reduce(into: [:]) { all, some in all.merge(some) { $1 } }
}
