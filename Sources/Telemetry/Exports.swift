// The features log and measure through swift-log and swift-metrics; importing Telemetry brings both.
@_exported import CoreMetrics
@_exported import Logging
@_exported import Metrics
