import Core
import DequeModule
import Dispatch
import Metrics
import Synchronization
import Telemetry

/// Lets concurrent commits share one transaction and one flush.
///
/// All that wait (up to a bound) go to the server together as one serializable transaction. Where that fails, each is run
/// again as its own, still in one flush, so that one that fails is undone alone.
final class PostgreSQLCommitter: Sendable {
    private struct State {
        var waiting = Deque<PostgreSQLCommit>()
        var isDraining = false
        var isClosed = false
    }

    private let worker: PostgreSQLWorker
    private let log: ChangeLog
    private let state = Mutex(State())
    private let batchSize = Recorder(label: MetricName.groupCommitBatchSize, aggregate: true)
    private let duration = Metrics.Timer(label: MetricName.commitSeconds)
    private let depth = Gauge(label: MetricName.commitQueueDepth)

    init(_ settings: PostgreSQLSettings, log: ChangeLog) {
        worker = PostgreSQLWorker(settings, for: .writing, label: "committer")
        self.log = log
    }

    /// - Throws: `SQLError.overloaded` where the queue is full, `.unavailable` after `close`.
    func submit(_ commit: PostgreSQLCommit) throws {
        for statement in commit.statements { try statement.arguments.requireStorable() }
        try state.withLock { state in
            guard !state.isClosed else { throw SQLError(.unavailable, "the store is closed") }
            guard state.waiting.count < Limits.commitQueueMax else {
                throw SQLError(.overloaded, "\(Limits.commitQueueMax) writes are waiting")
            }
            state.waiting.append(commit)
            // Under the lock, or `close` could get into the worker's queue first, and the write would never end.
            if !state.isDraining { worker.queue.async(execute: drain) }
            state.isDraining = true
        }
    }

    /// Refuses new commits; those queued still run.
    func close() async {
        state.withLock { $0.isClosed = true }
        await withCheckedContinuation { done in
            worker.queue.async { [worker] in
                worker.close()
                done.resume()
            }
        }
    }

    private func drain() {
        while let batch = takeBatch() {
            let start = ContinuousClock.now
            commit(batch)
            worker.dropIfLost()
            batchSize.record(batch.count)
            duration.record(duration: start.duration(to: .now))
        }
    }

    private func takeBatch() -> [PostgreSQLCommit]? {
        state.withLock { state in
            let count = min(state.waiting.count, Limits.commitBatchMax)
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

    private func commit(_ batch: [PostgreSQLCommit]) {
        let now = ContinuousClock.now
        let isLate = { (commit: PostgreSQLCommit) in commit.since.duration(to: now) > Limits.storeWaitMax }
        for commit in batch where isLate(commit) {
            commit.finish(.failure(SQLError(.overloaded, "the store was too slow to take this write in time")))
        }
        var left = batch.filter { !isLate($0) }
        do {
            if try commitTogether(left) { return }
            for attempt in 1...Limits.serializationAttemptsMax {
                left = try commitApart(left)
                guard !left.isEmpty else { return }
                SerializationPause.take(afterAttempt: attempt)
            }
            throw SQLError(.overloaded, "other writes kept coming in between")
        } catch {
            for commit in left { commit.finish(.failure(error)) }
        }
    }

    /// - Returns: false where one of them was refused, or the server could not serialize them.
    private func commitTogether(_ commits: [PostgreSQLCommit]) throws -> Bool {
        guard !commits.isEmpty else { return true }
        let batch = PostgreSQLBatch(commits: commits, connection: try worker.connected(), log: log)
        switch try batch.runTogether(by: worker.deadline) {
        case .committed(let done):
            for (commit, done) in zip(commits, done) { commit.finish(.success(done)) }
            return true
        case .failed:
            return false
        }
    }

    /// - Returns: those that have to be tried again.
    private func commitApart(_ commits: [PostgreSQLCommit]) throws -> [PostgreSQLCommit] {
        let batch = PostgreSQLBatch(commits: commits, connection: try worker.connected(), log: log)
        let outcomes = try batch.runApart(by: worker.deadline)
        for (commit, outcome) in zip(commits, outcomes) {
            if let outcome { commit.finish(outcome) }
        }
        return zip(commits, outcomes).filter { $0.1 == nil }.map(\.0)
    }
}
