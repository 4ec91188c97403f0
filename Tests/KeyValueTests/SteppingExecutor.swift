import Synchronization
import TestSupport

/// Runs tasks one step, from one suspension to the next, whenever and in whatever order the test says.
final class SteppingExecutor: TaskExecutor {
    private let ready = Mutex<[UnownedJob]>([])

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        ready.withLock { $0.append(job) }
    }

    /// Runs one ready step, picked by `generator`. False if none is ready.
    func step(using generator: inout some RandomNumberGenerator) -> Bool {
        let count = ready.withLock { $0.count }
        guard count > 0 else { return false }
        let index = Int.random(in: 0..<count, using: &generator)
        let job = ready.withLock { $0.remove(at: index) }
        job.runSynchronously(on: asUnownedTaskExecutor())
        return true
    }

    /// Runs, in the order they became ready, all steps there are and those that follow.
    func drain() {
        while let job = ready.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
