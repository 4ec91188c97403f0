import Core
import DequeModule
import Dispatch
import Metrics
import Synchronization
import Telemetry

/// Connections of one kind, each on a queue of its own.
///
/// A job goes to one that is idle; past their number jobs wait in turn, and not for longer than `Limits.storeWaitMax`.
final class PostgreSQLPool: Sendable {
    struct Job: Sendable {
        let run: @Sendable (PostgreSQLWorker) -> Void
        /// Called in place of `run`.
        let refuse: @Sendable (SQLError) -> Void
    }

    private struct State {
        var idle: [PostgreSQLWorker]
        var waiting = Deque<(job: Job, since: ContinuousClock.Instant)>()
        var isClosed = false
    }

    private let workers: [PostgreSQLWorker]
    private let state: Mutex<State>
    private let depth: Gauge

    init(_ settings: PostgreSQLSettings, for purpose: PostgreSQLConnection.Purpose, size: Int, name: String) {
        workers = (0..<max(1, size)).map { PostgreSQLWorker(settings, for: purpose, label: "\(name).\($0)") }
        state = Mutex(State(idle: workers.reversed()))
        depth = Gauge(label: MetricName.storePoolWaiting, dimensions: [("pool", name)])
    }

    /// Runs `body` on a connection's queue.
    func run<T: Sendable>(_ body: @escaping @Sendable (PostgreSQLWorker) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let job = Job { worker in
                continuation.resume(with: Result { try body(worker) })
            } refuse: { error in
                continuation.resume(throwing: error)
            }
            do { try submit(job) } catch { continuation.resume(throwing: error) }
        }
    }

    /// - Throws: `SQLError.overloaded` where too many wait, `.unavailable` after `close`.
    private func submit(_ job: Job) throws {
        try state.withLock { state in
            guard !state.isClosed else { throw SQLError(.unavailable, "the store is closed") }
            if let worker = state.idle.popLast() {
                // Under the lock, or `close` could get into the worker's queue first, and the job would never end.
                return worker.queue.async { self.work(worker, job) }
            }
            guard state.waiting.count < Limits.readQueueMax else {
                throw SQLError(.overloaded, "\(Limits.readQueueMax) calls are waiting")
            }
            state.waiting.append((job, .now))
        }
    }

    /// Runs the job and then whatever waits.
    private func work(_ worker: PostgreSQLWorker, _ job: Job) {
        job.run(worker)
        worker.dropIfLost()
        while let (job, since) = next(for: worker) {
            if since.duration(to: .now) < Limits.storeWaitMax {
                job.run(worker)
                worker.dropIfLost()
            } else {
                job.refuse(SQLError(.overloaded, "no connection was free in time"))
            }
        }
    }

    private func next(for worker: PostgreSQLWorker) -> (job: Job, since: ContinuousClock.Instant)? {
        state.withLock { state in
            depth.record(state.waiting.count)
            if let waiting = state.waiting.popFirst() { return waiting }
            state.idle.append(worker)
            return nil
        }
    }

    /// Refuses new jobs, lets those that wait finish, and closes the connections.
    func close() async {
        state.withLock { $0.isClosed = true }
        for worker in workers {
            // Behind whatever the worker is at, which includes all that waits.
            await withCheckedContinuation { done in
                worker.queue.async {
                    worker.close()
                    done.resume()
                }
            }
        }
    }
}
