import Synchronization

/// A pause that anyone in a hurry ends.
final class Rest: Sendable {
    private struct State {
        var sleep: Task<Void, any Error>?
        var isOver = false
    }

    private let state = Mutex(State())

    /// Sleeps, unless `isAwaited` says so once the pause can be ended.
    func take(_ duration: Duration, unless isAwaited: () -> Bool) async {
        let sleep = Task { try await Task.sleep(for: duration) }
        let isOver = state.withLock { state in
            state.sleep = sleep
            return state.isOver
        }
        if isOver || isAwaited() { sleep.cancel() }
        await withTaskCancellationHandler {
            // Woken or slept out: either way it goes on.
            _ = await sleep.result
        } onCancel: {
            sleep.cancel()
        }
    }

    /// Ends the pause that is under way, if there is one.
    func end() {
        state.withLock { $0.sleep }?.cancel()
    }

    /// Ends this pause and all to come.
    func endForGood() {
        let sleep = state.withLock { state in
            state.isOver = true
            return state.sleep
        }
        sleep?.cancel()
    }
}
