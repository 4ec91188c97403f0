import CPostgreSQL
import Core
import DequeModule

/// One connection to a PostgreSQL server, in pipeline mode: statements are queued, sent together and answered in order.
///
/// One thread at a time uses it: the queue of its worker.
final class PostgreSQLConnection {
    private enum Expected {
        case preparation(PostgreSQLStatement)
        case answer
        case sync
    }

    /// What came of the statements up to a sync.
    struct Segment {
        /// The answers up to the first failure.
        var answers: [PostgreSQLResult] = []
        var failure: PostgreSQLFailure?

        /// - Throws: the failure as `SQLError`.
        func get() throws -> [PostgreSQLResult] {
            if let failure { throw failure.error }
            return answers
        }
    }

    let handle: OpaquePointer
    private var expected = Deque<Expected>()
    private var statements = PostgreSQLStatements()
    private(set) var isLost = false
    /// Syncs whose answers nobody has waited for.
    private var segmentsOwed = 0

    /// Takes over a connection that has just been made.
    init(_ handle: OpaquePointer) {
        self.handle = handle
    }

    deinit { PQfinish(handle) }

    /// Whether a transaction block is open, also one that failed.
    var isInTransaction: Bool {
        let status = PQtransactionStatus(handle)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    /// Queues a statement in the portable SQL.
    func send(_ sql: String, _ arguments: [SQLValue] = []) throws {
        let statement = statements.statement(for: sql, arguments)
        if !statement.isSent {
            let sent = statement.types.withUnsafeBufferPointer {
                PQsendPrepare(
                    handle, statement.name, Dialect.postgreSQL.translate(sql), CInt($0.count), $0.baseAddress)
            }
            guard sent == 1 else { throw lost() }
            statement.isSent = true
            expected.append(.preparation(statement))
        }
        let sent = PostgreSQLArguments(arguments).withPointers { count, values, lengths, formats in
            PQsendQueryPrepared(handle, statement.name, count, values, lengths, formats, 1)
        }
        guard sent == 1 else { throw lost() }
        expected.append(.answer)
    }

    /// Queues a statement that is not kept prepared.
    func sendOnce(_ sql: String) throws {
        guard PQsendQueryParams(handle, sql, 0, nil, nil, nil, nil, 1) == 1 else { throw lost() }
        expected.append(.answer)
    }

    /// Ends what was queued since the last one; outside a transaction block it is one transaction.
    func sync() throws {
        guard PQpipelineSync(handle) == 1 else { throw lost() }
        expected.append(.sync)
        statements.beginSegment()
    }

    /// The answers up to the next sync.
    /// - Throws: `SQLError.unavailable` where the connection broke, or the deadline passed.
    func receive(by deadline: ContinuousClock.Instant) throws -> Segment {
        try flush(by: deadline)
        var segment = Segment()
        var pauses = 0
        while true {
            while PQisBusy(handle) == 1 { try awaitInput(by: deadline) }
            guard let raw = PQgetResult(handle) else {
                // One follows every statement; more of them mean that nothing is under way any more.
                pauses += 1
                guard pauses < 3, PQstatus(handle) == CONNECTION_OK else { throw lost() }
                continue
            }
            pauses = 0
            if note(PostgreSQLResult(raw), in: &segment) { return segment }
            guard PQstatus(handle) == CONNECTION_OK else { throw lost() }
        }
    }

    /// Lets the answers up to the newest sync be received before the connection is used next.
    func leaveAnswers() { segmentsOwed += 1 }

    func settle(by deadline: ContinuousClock.Instant) throws {
        while segmentsOwed > 0 {
            _ = try receive(by: deadline)
            segmentsOwed -= 1
        }
    }

    /// Sends what is queued and waits for all of it.
    func run(_ sql: String, _ arguments: [SQLValue] = [], by deadline: ContinuousClock.Instant) throws
        -> PostgreSQLResult
    {
        try send(sql, arguments)
        try sync()
        guard let answer = try receive(by: deadline).get().last else { throw lost() }
        return answer
    }

    /// - Returns: whether it ends the segment.
    private func note(_ result: PostgreSQLResult, in segment: inout Segment) -> Bool {
        let awaited = expected.first
        switch result.status {
        case PGRES_PIPELINE_SYNC:
            expected.removeFirst(expected.firstIndex { if case .sync = $0 { true } else { false } }.map { $0 + 1 } ?? 0)
            return true
        case PGRES_FATAL_ERROR, PGRES_PIPELINE_ABORTED, PGRES_BAD_RESPONSE:
            if segment.failure == nil {
                let failure = PostgreSQLFailure(result)
                segment.failure = failure
                if failure.endsConnection { isLost = true }
            }
            if case .preparation(let statement) = awaited { statements.forget(statement) }
        default:
            switch awaited {
            case .preparation(let statement): statement.isReady = true
            case .answer: segment.answers.append(result)
            case .sync, nil: break
            }
        }
        // A commit that fails is reported in place of the sync.
        if case .sync = awaited { return false }
        _ = expected.popFirst()
        return false
    }

    /// Makes room among the prepared statements, where there are too many. Nothing may be under way.
    func tidy(by deadline: ContinuousClock.Instant) throws {
        let surplus = statements.takeSurplus()
        guard !surplus.isEmpty else { return }
        for name in surplus { try sendOnce("DEALLOCATE \(name)") }
        try sync()
        _ = try receive(by: deadline).get()
    }

    /// Whether the server has not ended the connection while it was idle, as far as is known without asking it.
    func isAlive() -> Bool {
        guard !isLost, PQstatus(handle) == CONNECTION_OK else { return false }
        guard Poll.isReadable(PQsocket(handle)) else { return true }
        return PQconsumeInput(handle) == 1 && PQstatus(handle) == CONNECTION_OK && !Poll.isReadable(PQsocket(handle))
    }

    /// Has the worker connect anew before the next use.
    func retire() { isLost = true }

    @discardableResult
    func lost() -> SQLError {
        isLost = true
        return SQLError(.unavailable, "the connection to PostgreSQL broke")
    }
}

// Waiting for the socket
extension PostgreSQLConnection {
    private func flush(by deadline: ContinuousClock.Instant) throws {
        while true {
            switch PQflush(handle) {
            case 0: return
            case 1: try waitForSocket(writing: true, by: deadline)
            default: throw lost()
            }
        }
    }

    private func awaitInput(by deadline: ContinuousClock.Instant) throws {
        try waitForSocket(writing: false, by: deadline)
    }

    private func waitForSocket(writing: Bool, by deadline: ContinuousClock.Instant) throws {
        guard Poll.wait(PQsocket(handle), writing: writing, until: deadline) else {
            isLost = true
            throw SQLError(.unavailable, "PostgreSQL did not answer in time")
        }
        guard PQconsumeInput(handle) == 1 else { throw lost() }
    }

    /// Waits for a notification until `deadline`, or until `wake` can be read.
    /// - Returns: whether there were any.
    func awaitNotification(until deadline: ContinuousClock.Instant, or wake: CInt) throws -> Bool {
        if takeNotifications() { return true }
        guard Poll.wait(PQsocket(handle), or: wake, until: deadline) else { return false }
        guard PQconsumeInput(handle) == 1 else { throw lost() }
        return takeNotifications()
    }

    private func takeNotifications() -> Bool {
        var isAny = false
        while let notification = PQnotifies(handle) {
            PQfreemem(notification)
            isAny = true
        }
        return isAny
    }
}
