import Core
import DequeModule
import Dispatch
import Synchronization

/// The connections that read, each on a queue of its own.
///
/// A read goes to one that is idle; past their number reads wait in turn.
final class ReaderPool: Sendable {
    typealias Job = @Sendable (SQLiteConnection) -> Void

    /// Only its own queue touches the connection, which is why this may be sent.
    private final class Reader: @unchecked Sendable {
        let queue: DispatchQueue
        private var connection: SQLiteConnection?

        init(_ connection: SQLiteConnection, number: Int) {
            self.connection = connection
            queue = DispatchQueue(label: "starling.sqlite.reader.\(number)")
        }

        func run(_ job: Job) {
            if let connection { job(connection) }
        }

        func close() { connection = nil }
    }

    private struct State {
        var idle: [Reader]
        var waiting = Deque<Job>()
        var isClosed = false
    }

    private let readers: [Reader]
    private let state: Mutex<State>

    /// - Throws: `SQLError` where the file cannot be opened.
    init(path: String, setup: String) throws {
        readers = try (0..<Limits.readerConnectionsMax).map { number in
            Reader(try SQLiteConnection(path: path, .readOnly, setup: setup), number: number)
        }
        state = Mutex(State(idle: readers))
    }

    /// - Throws: `SQLError.overloaded` where too many wait, `.unavailable` after `close`.
    func submit(_ job: @escaping Job) throws {
        try state.withLock { state in
            guard !state.isClosed else { throw SQLError(.unavailable, "the store is closed") }
            if let reader = state.idle.popLast() {
                // Under the lock, or `close` could get into the reader's queue first, and the read would never end.
                return reader.queue.async { self.work(reader, job) }
            }
            guard state.waiting.count < Limits.readQueueMax else {
                throw SQLError(.overloaded, "\(Limits.readQueueMax) reads are waiting")
            }
            state.waiting.append(job)
        }
    }

    /// Runs the job and then whatever waits.
    private func work(_ reader: Reader, _ job: @escaping Job) {
        var next: Job? = job
        while let job = next {
            reader.run(job)
            next = state.withLock { state in
                if let waiting = state.waiting.popFirst() { return waiting }
                state.idle.append(reader)
                return nil
            }
        }
    }

    /// Refuses new reads, lets those that wait finish, and closes the connections.
    func close() async {
        state.withLock { $0.isClosed = true }
        for reader in readers {
            // Behind whatever the reader is at, which includes all that waits.
            await withCheckedContinuation { done in
                reader.queue.async {
                    reader.close()
                    done.resume()
                }
            }
        }
    }
}
