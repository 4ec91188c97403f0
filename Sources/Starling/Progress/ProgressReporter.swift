import Synchronization

/// Tells the person at the terminal how far a command is: a bar with percentage, rate and time left where standard error
/// is a terminal, else a line every two seconds. Operations under two seconds stay silent.
///
/// `advance` costs a lock and a look at the clock; count in batches where single steps are cheaper than that.
final class ProgressReporter: Sendable {
    private struct State {
        var snapshot: ProgressSnapshot
        var schedule: ProgressSchedule
        var isFinished = false
    }

    private let output: ProgressOutput
    private let start: ContinuousClock.Instant
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    /// - Parameters:
    ///   - title: what is being done, such as `Importing follows`.
    ///   - unit: what is counted, in the plural, such as `edges`.
    ///   - total: how many there are; nil where it is not known.
    init(
        _ title: String,
        unit: String,
        total: Int? = nil,
        output: ProgressOutput = .standardError,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.output = output
        self.now = now
        start = now()
        let snapshot = ProgressSnapshot(title: title, unit: unit, done: 0, total: total, elapsed: .zero)
        state = Mutex(State(snapshot: snapshot, schedule: ProgressSchedule(isTerminal: output.isTerminal)))
    }

    /// Counts `count` more as done.
    func advance(by count: Int = 1) {
        change { $0.done += count }
    }

    /// Counts exactly `done` as done.
    func update(done: Int) {
        change { $0.done = done }
    }

    func update(total: Int?) {
        change { $0.total = total }
    }

    /// Prints a line above the bar, such as a warning.
    func note(_ text: String) {
        state.withLock { state in
            output.write(eraser(state) + text + "\n")
        }
    }

    /// Replaces the bar by one last line, if anything was shown.
    func finish() {
        let elapsed = start.duration(to: now())
        state.withLock { state in
            guard !state.isFinished else { return }
            state.snapshot.elapsed = elapsed
            if state.schedule.hasShown {
                output.write(eraser(state) + ProgressText.summary(state.snapshot) + "\n")
            }
            state.isFinished = true
        }
    }

    private func change(_ change: (inout ProgressSnapshot) -> Void) {
        let elapsed = start.duration(to: now())
        state.withLock { state in
            change(&state.snapshot)
            guard !state.isFinished, state.schedule.isDue(at: elapsed) else { return }
            state.snapshot.elapsed = elapsed
            if output.isTerminal {
                output.write(eraser(state) + ProgressText.bar(state.snapshot, columns: output.columns()))
            } else {
                output.write(ProgressText.line(state.snapshot) + "\n")
            }
        }
    }

    /// Back to the start of the line and clear it: ECMA-48 `EL`.
    private func eraser(_ state: State) -> String {
        output.isTerminal && state.schedule.hasShown && !state.isFinished ? "\r\u{1B}[K" : ""
    }
}
