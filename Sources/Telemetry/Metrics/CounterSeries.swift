import CoreMetrics
import Synchronization

/// A count that only grows. Lock-free.
final class CounterSeries: MetricSeries, CounterHandler {
    let id: SeriesID
    private let count = Atomic<UInt64>(0)

    init(id: SeriesID) {
        self.id = id
    }

    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        count.wrappingAdd(UInt64(amount), ordering: .relaxed)
    }

    func reset() {
        count.store(0, ordering: .relaxed)
    }

    func write(to text: inout PrometheusText) {
        text.sample(id.family, labels: id.labels.text, integer: count.load(ordering: .relaxed))
    }
}

/// A sum of amounts that only grows, such as seconds spent. Lock-free.
final class FloatingPointCounterSeries: MetricSeries, FloatingPointCounterHandler {
    let id: SeriesID
    private let sum = AtomicDouble()

    init(id: SeriesID) {
        self.id = id
    }

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        sum.add(amount)
    }

    func reset() {
        sum.store(0)
    }

    func write(to text: inout PrometheusText) {
        text.sample(id.family, labels: id.labels.text, number: sum.load())
    }
}
