import CoreMetrics
import Synchronization

/// The distribution of timings or recorded values: recent quantiles, and sum and count since the start.
///
/// Negative values count as zero; what is not a number is ignored.
final class SummarySeries: MetricSeries, TimerHandler, RecorderHandler {
    /// How finely a value is kept, in units to one.
    enum Resolution: Double, Sendable {
        /// For seconds.
        case nanoseconds = 1e9
        /// A power of two, so that small whole numbers keep their exact value in the histogram.
        case binaryFractions = 1024
    }

    private struct State {
        var histogram: SlidingHistogram
        var sum: Double = 0
        var count: UInt64 = 0
    }

    private static let quantiles = ["0.5", "0.95", "0.99"]
    private static let percentiles: [Double] = [50, 95, 99]

    let id: SeriesID
    private let unitsPerOne: Double
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    init(id: SeriesID, resolution: Resolution, now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.id = id
        self.now = now
        unitsPerOne = resolution.rawValue
        state = Mutex(State(histogram: SlidingHistogram(startingAt: now())))
    }

    func recordNanoseconds(_ duration: Int64) { observe(Double(duration) / 1e9) }
    func record(_ value: Int64) { observe(Double(value)) }
    func record(_ value: Double) { observe(value) }

    private func observe(_ value: Double) {
        guard value.isFinite else { return }
        let value = max(value, 0)
        let units = UInt64(min((value * unitsPerOne).rounded(), SlidingHistogram.valueMax))
        let instant = now()
        state.withLock { state in
            state.histogram.record(units, at: instant)
            state.sum += value
            state.count += 1
        }
    }

    func write(to text: inout PrometheusText) {
        let instant = now()
        let (recent, sum, count) = state.withLock { state in
            (state.histogram.values(at: Self.percentiles, now: instant), state.sum, state.count)
        }
        let separator = id.labels.text.isEmpty ? "" : ","
        for (index, quantile) in Self.quantiles.enumerated() {
            let labels = "\(id.labels.text)\(separator)quantile=\"\(quantile)\""
            text.sample(id.family, labels: labels, number: recent.map { Double($0[index]) / unitsPerOne } ?? .nan)
        }
        text.sample(id.family + "_sum", labels: id.labels.text, number: sum)
        text.sample(id.family + "_count", labels: id.labels.text, integer: count)
    }
}
