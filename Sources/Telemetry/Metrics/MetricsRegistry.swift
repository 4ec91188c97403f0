import Core
import Synchronization

/// The backend of swift-metrics: it holds every series and writes them as Prometheus text.
///
/// The same name and labels give the same series, so handles may be made anywhere; keep them where they are used often.
/// The number of series is bounded by `Limits.metricSeriesMax`. What goes past it, or asks for a name that already
/// stands for another kind of metric, gets a handler that does nothing and is counted in
/// `starling_metrics_dropped_series_total`.
package final class MetricsRegistry: Sendable {
    /// The value of the `Content-Type` header for `prometheusText()`.
    package static let contentType = PrometheusText.contentType

    private struct Family {
        let kind: MetricKind
        var series: [MetricLabels: any MetricSeries] = [:]
    }

    private struct State {
        var families: [String: Family] = [:]
        var seriesCount = 0
    }

    private let help: [String: String]
    private let seriesMax: Int
    private let process = ProcessMetrics()
    private let dropped: CounterSeries
    let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    /// - Parameters:
    ///   - help: help texts by metric name; names with and without the suffixes of the exposition are found.
    ///   - now: the clock of the summaries' windows.
    package init(
        help: [String: String] = MetricName.help,
        seriesMax: Int = Limits.metricSeriesMax,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.help = help
        self.seriesMax = seriesMax
        self.now = now
        let family = MetricSpelling.name(MetricName.metricsDroppedSeries, suffix: "_total")
        dropped = CounterSeries(id: SeriesID(family: family, labels: MetricLabels([])))
    }

    /// All series in the text exposition format 0.0.4, sorted by name, and the process's own metrics.
    package func prometheusText() -> String {
        var text = PrometheusText()
        let families = state.withLock { $0.families }
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            text.family(name, kind: family.kind, help: help(for: name))
            for (_, series) in family.series.sorted(by: { $0.key.text < $1.key.text }) {
                series.write(to: &text)
            }
        }
        text.family(dropped.id.family, kind: .counter, help: help(for: dropped.id.family))
        dropped.write(to: &text)
        process.write(to: &text)
        return text.text
    }

    private func help(for family: String) -> String? {
        if let text = help[family] { return text }
        for suffix in ["_total", "_seconds"] where family.hasSuffix(suffix) {
            if let text = help[String(family.dropLast(suffix.count))] { return text }
        }
        return nil
    }

    /// The series with this identity, made if the bound allows, or nil.
    func series<Series: MetricSeries>(
        _ kind: MetricKind, _ family: String, _ dimensions: [(String, String)], make: (SeriesID) -> Series
    ) -> Series? {
        let id = SeriesID(family: family, labels: MetricLabels(dimensions))
        let found: Series? = state.withLock { state in
            if let existing = state.families[id.family]?.series[id.labels] { return existing as? Series }
            let isOtherKind = state.families[id.family].map { $0.kind != kind } ?? false
            guard !isOtherKind, id.family != dropped.id.family, state.seriesCount < seriesMax else { return nil }
            let new = make(id)
            state.families[id.family, default: Family(kind: kind)].series[id.labels] = new
            state.seriesCount += 1
            return new
        }
        if found == nil { dropped.increment(by: 1) }
        return found
    }

    /// Forgets a series that its owner destroyed.
    func remove(_ handler: any Sendable) {
        guard let series = handler as? any MetricSeries else { return }
        state.withLock { state in
            guard state.families[series.id.family]?.series[series.id.labels] === series else { return }
            state.families[series.id.family]?.series[series.id.labels] = nil
            if state.families[series.id.family]?.series.isEmpty == true { state.families[series.id.family] = nil }
            state.seriesCount -= 1
        }
    }
}
