import Dispatch
import Synchronization
import TestSupport

/// Runs tasks only when told, so that a test knows how far each has come, until it is released.
final class HoldingExecutor: TaskExecutor {
    private struct State {
        var isHolding = true
        var ready: [UnownedJob] = []
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "released tasks")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isHeld = state.withLock { state in
            if state.isHolding { state.ready.append(job) }
            return state.isHolding
        }
        if !isHeld { queue.async { self.run(job) } }
    }

    /// Runs every task up to where it waits for something else.
    func runUntilIdle() {
        while let job = state.withLock({ $0.ready.isEmpty ? nil : $0.ready.removeFirst() }) { run(job) }
    }

    /// From now on tasks run by themselves.
    func release() {
        state.withLock { $0.isHolding = false }
        runUntilIdle()
    }

    private func run(_ job: UnownedJob) {
        job.runSynchronously(on: asUnownedTaskExecutor())
    }
}
