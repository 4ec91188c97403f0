import Logging
import Metrics
import Telemetry

/// Sets up logs and metrics, once per process and before anything that uses them is made.
enum Observability {
    static func start(level: Logger.Level, format: LogFormat) -> MetricsRegistry {
        LoggingSystem.bootstrap { label in
            StructuredLogHandler(label: label, format: format, level: level)
        }
        let registry = MetricsRegistry(help: MetricName.help)
        MetricsSystem.bootstrap(registry)
        return registry
    }
}
