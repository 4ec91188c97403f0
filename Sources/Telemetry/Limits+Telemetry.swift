import Core

extension Limits {
    /// Time series the metrics registry holds; those past it are counted, not kept.
    package static let metricSeriesMax = 4_096
    /// A summary's quantiles are over the last one to two of these.
    package static let metricWindow: Duration = .seconds(60)
    /// The largest single value of a log entry; the rest of it is cut.
    package static let logValueBytesMax = 8 * 1024
    /// Past this many bytes a log line takes no further keys.
    package static let logLineBytesMax = 32 * 1024
}
