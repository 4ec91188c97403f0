import NIOCore

/// When the requests of an open loop are due: at fixed intervals from a start, whatever became of earlier ones.
struct ArrivalSchedule {
    private let start: NIODeadline
    private let interval: Double
    private var arrivals = 0

    /// - Parameters:
    ///   - rate: arrivals a second.
    ///   - phase: the first arrival's place within its interval, 0 to 1, so that lanes do not fire at once.
    init(start: NIODeadline, rate: Double, phase: Double = 0) {
        interval = 1e9 / rate
        self.start = start + .nanoseconds(Int64(interval * phase))
    }

    /// When the next request is due.
    var next: NIODeadline {
        // Counted from the start each time: adding up rounded intervals would drift.
        start + .nanoseconds(Int64(Double(arrivals) * interval))
    }

    /// The next request's time if it is due by now; each is handed out once.
    mutating func take(dueBy now: NIODeadline) -> NIODeadline? {
        let due = next
        guard due <= now else { return nil }
        arrivals += 1
        return due
    }
}
