import Core
import Histogram

/// The values of the last one to two windows, in two histograms that take turns. Values are within 1 %.
struct SlidingHistogram: Sendable {
    /// The largest value kept; in nanoseconds, 39 hours.
    static let valueMax = 0x1p47

    private var current = Histogram<UInt32>(numberOfSignificantValueDigits: .two)
    private var previous = Histogram<UInt32>(numberOfSignificantValueDigits: .two)
    private var windowStart: ContinuousClock.Instant
    private let window: Duration

    init(startingAt start: ContinuousClock.Instant, window: Duration = Limits.metricWindow) {
        windowStart = start
        self.window = window
    }

    mutating func record(_ value: UInt64, at now: ContinuousClock.Instant) {
        rotate(at: now)
        current.record(value)
    }

    /// The values at `percentiles` of what was recorded in this window and the one before; nil if that is nothing.
    mutating func values(at percentiles: [Double], now: ContinuousClock.Instant) -> [UInt64]? {
        rotate(at: now)
        var merged = current
        merged.add(previous)
        guard merged.totalCount > 0 else { return nil }
        return percentiles.map { merged.lowestEquivalentForValue(merged.valueAtPercentile($0)) }
    }

    private mutating func rotate(at now: ContinuousClock.Instant) {
        let elapsed = windowStart.duration(to: now)
        guard elapsed >= window else { return }
        if elapsed >= window * 2 {
            previous.reset()
        } else {
            swap(&current, &previous)
        }
        current.reset()
        windowStart = now
    }
}
