/// Waits that double, from 20 ms to 5 s.
struct Backoff {
    private var milliseconds: Int64 = 20

    mutating func next() -> Duration {
        defer { milliseconds = min(milliseconds * 2, 5_000) }
        return .milliseconds(milliseconds)
    }
}
