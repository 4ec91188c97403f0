import Logging
import Metrics
import Redis
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
        let registry = MetricsRegistry(
            help: MetricName.help.merging(MetricName.redisHelp) { $1 })
        MetricsSystem.bootstrap(registry)
        return registry
    }
}
