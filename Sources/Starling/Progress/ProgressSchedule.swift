/// When progress is shown: not before an operation has taken a while, and not more often than anyone can read.
struct ProgressSchedule: Sendable {
    static let delay: Duration = .seconds(2)

    private let interval: Duration
    private var due = Self.delay

    /// - Parameter isTerminal: redraw a bar ten times a second; else print a line every two seconds.
    init(isTerminal: Bool) {
        interval = isTerminal ? .milliseconds(100) : .seconds(2)
    }

    var hasShown: Bool { due > Self.delay }

    /// Whether to show progress now; if so, the next time is set.
    mutating func isDue(at elapsed: Duration) -> Bool {
        guard elapsed >= due else { return false }
        due = elapsed + interval
        return true
    }
}
