import Core
import DequeModule
import Dispatch
import Metrics
import Synchronization
import Telemetry

/// Lets concurrent writes share one commit, and so one sync to disk.
///
/// Writers queue jobs; the connection's own queue takes all that wait (up to a bound), runs them, commits once, announces the
/// changes in order, and only then answers each writer. Where one fails, all begin anew, each in a savepoint, so that it is
/// undone alone: savepoints for all would cost as much as a small job itself.
final class GroupCommitter: Sendable {
    struct Job: Sendable {
        /// Runs inside a transaction, which others may share. It may run twice.
        let body: @Sendable (SQLiteConnection) throws -> [Change]
        /// Shares its transaction with no other. Below a savepoint every statement would go over all that the job has
        /// journaled in memory so far, and a job of many rows take the square of its size.
        let isAlone: Bool
        /// Called once, with nil when the job is on disk.
        let finish: @Sendable ((any Error)?) -> Void
    }

    private struct State {
        var waiting = Deque<Job>()
        var isDraining = false
        var isClosed = false
    }

    private let writer: SQLiteWriter
    private let state = Mutex(State())
    private let observers: ObserverList
    private let afterBatch: @Sendable (SQLiteConnection) -> Void
    /// Batches to come whose jobs have savepoints from the start, because one failed lately. For the writer's queue alone.
    private let carefulBatches = Atomic(0)
    private let batchSize = Recorder(label: MetricName.groupCommitBatchSize, aggregate: true)
    private let duration = Metrics.Timer(label: MetricName.commitSeconds)
    private let depth = Gauge(label: MetricName.commitQueueDepth)

    /// - Parameter afterBatch: runs on the writer's queue once those of a batch have their answers.
    init(
        writer: SQLiteWriter, observers: ObserverList,
        afterBatch: @escaping @Sendable (SQLiteConnection) -> Void = { _ in }
    ) {
        self.writer = writer
        self.observers = observers
        self.afterBatch = afterBatch
    }

    /// - Throws: `SQLError.overloaded` where the queue is full, `.unavailable` after `close`.
    func submit(_ job: Job) throws {
        try state.withLock { state in
            guard !state.isClosed else { throw SQLError(.unavailable, "the store is closed") }
            guard state.waiting.count < Limits.commitQueueMax else {
                throw SQLError(.overloaded, "\(Limits.commitQueueMax) writes are waiting")
            }
            state.waiting.append(job)
            // Under the lock, or `close` could get into the writer's queue first, and the write would never end.
            if !state.isDraining { writer.async(drain) }
            state.isDraining = true
        }
    }

    /// Refuses new jobs. Those queued still run, before whatever is asked of the writer next.
    /// - Returns: whether this call closed it.
    func close() -> Bool {
        state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
    }

    private func drain(_ connection: SQLiteConnection) {
        while let batch = takeBatch() {
            commit(batch, on: connection)
            afterBatch(connection)
        }
    }

    private func takeBatch() -> [Job]? {
        state.withLock { state in
            let small = state.waiting.prefix(Limits.commitBatchMax).prefix { !$0.isAlone }.count
            let count = small > 0 ? small : min(state.waiting.count, 1)
            guard count > 0 else {
                state.isDraining = false
                return nil
            }
            let batch = Array(state.waiting.prefix(count))
            state.waiting.removeFirst(count)
            depth.record(state.waiting.count)
            return batch
        }
    }

    private func commit(_ batch: [Job], on connection: SQLiteConnection) {
        let start = ContinuousClock.now
        do {
            let done = try runTogether(batch, on: connection)
            for (job, result) in zip(batch, done) {
                switch result {
                case .success: job.finish(nil)
                case .failure(let error): job.finish(error)
                }
            }
        } catch {
            for job in batch { job.finish(error) }
        }
        batchSize.record(batch.count)
        duration.record(duration: start.duration(to: .now))
    }

    /// - Throws: where the transaction as a whole failed, so that nothing of it is on disk.
    private func runTogether(
        _ batch: [Job], on connection: SQLiteConnection
    ) throws -> [Result<Void, any Error>] {
        try connection.begin()
        do {
            let results = try run(batch, on: connection)
            try connection.commit()
            observers.announce(
                results.flatMap { if case .success(let changes) = $0 { changes } else { [Change]() } })
            return results.map { $0.map { _ in } }
        } catch {
            // A failed commit may have ended the transaction already; then there is nothing left to undo.
            if connection.isInTransaction { try connection.rollBack() }
            throw error
        }
    }

    private func run(_ batch: [Job], on connection: SQLiteConnection) throws -> [Result<[Change], any Error>] {
        let careful = carefulBatches.load(ordering: .relaxed)
        if careful == 0 || batch.count == 1 {
            do { return try batch.map { .success(try $0.body(connection)) } } catch {
                // One alone is undone with its transaction.
                guard batch.count > 1 else { throw error }
                if connection.isInTransaction { try connection.rollBack() }
                try connection.begin()
                carefulBatches.store(Limits.carefulBatches, ordering: .relaxed)
            }
        } else {
            carefulBatches.store(careful - 1, ordering: .relaxed)
        }
        return try batch.map { try runAlone($0, on: connection) }
    }

    /// - Throws: only where the savepoint itself cannot be kept, which breaks the whole transaction.
    private func runAlone(_ job: Job, on connection: SQLiteConnection) throws -> Result<[Change], any Error> {
        try connection.beginJob()
        do {
            let changes = try job.body(connection)
            try connection.endJob()
            return .success(changes)
        } catch {
            // Disk-full and I/O errors roll the whole transaction back by themselves.
            guard connection.isInTransaction else { throw error }
            try connection.undoJob()
            try connection.endJob()
            return .failure(error)
        }
    }
}

extension Limits {
    /// Where many writes fail, one batch in so many runs twice.
    static let carefulBatches = 16
}
