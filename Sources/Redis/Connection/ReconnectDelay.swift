/// Waits between attempts: they double up to a bound, and each is shortened by a random part of up to a half, so that
/// many clients do not come back in step.
struct ReconnectDelay {
    private let range: ClosedRange<Duration>
    private var current: Duration

    init(_ range: ClosedRange<Duration>) {
        self.range = range
        current = range.lowerBound
    }

    mutating func next() -> Duration {
        defer { current = min(current * 2, range.upperBound) }
        return current * Double.random(in: 0.5...1)
    }

    mutating func reset() {
        current = range.lowerBound
    }
}
