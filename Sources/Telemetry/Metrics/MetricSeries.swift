/// One time series: a metric with one set of label values.
protocol MetricSeries: AnyObject, Sendable {
    var id: SeriesID { get }
    func write(to text: inout PrometheusText)
}

/// What distinguishes a series: the family's name in the exposition and its labels.
struct SeriesID: Hashable, Sendable {
    let family: String
    let labels: MetricLabels
}

enum MetricKind: String, Sendable {
    case counter
    case gauge
    case summary
}

/// Labels in their written form, sorted by name, without the braces: `route="/v1/feed",status="2xx"`.
struct MetricLabels: Hashable, Sendable {
    let text: String

    /// Where a label's name repeats, the last value stands.
    init(_ dimensions: [(String, String)]) {
        guard !dimensions.isEmpty else {
            text = ""
            return
        }
        let values = Dictionary(dimensions.map { (MetricSpelling.label($0.0), $0.1) }) { $1 }
        text = values.sorted { $0.key < $1.key }
            .map { "\($0.key)=\"\(MetricSpelling.escapedLabelValue($0.value))\"" }
            .joined(separator: ",")
    }
}
