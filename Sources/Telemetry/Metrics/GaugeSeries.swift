import CoreMetrics

/// A value that goes up and down: the last one set stands. Lock-free.
final class GaugeSeries: MetricSeries, RecorderHandler, MeterHandler {
    let id: SeriesID
    private let value = AtomicDouble()

    init(id: SeriesID) {
        self.id = id
    }

    func record(_ value: Int64) { self.value.store(Double(value)) }
    func record(_ value: Double) { self.value.store(value) }
    func set(_ value: Int64) { self.value.store(Double(value)) }
    func set(_ value: Double) { self.value.store(value) }
    func increment(by amount: Double) { value.add(amount) }
    func decrement(by amount: Double) { value.add(-amount) }

    func write(to text: inout PrometheusText) {
        text.sample(id.family, labels: id.labels.text, number: value.load())
    }
}
