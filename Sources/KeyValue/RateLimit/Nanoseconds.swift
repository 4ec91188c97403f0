/// Moments and spans of time as the limiter counts them.
typealias Nanoseconds = Int64

extension Nanoseconds {
    /// Whole seconds, rounded up; 0 for what is negative.
    var secondsRoundedUp: Int { Int((Swift.max(self, 0) + 999_999_999) / 1_000_000_000) }
}

extension Duration {
    var nanoseconds: Nanoseconds {
        let (seconds, attoseconds) = components
        return seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000
    }
}
