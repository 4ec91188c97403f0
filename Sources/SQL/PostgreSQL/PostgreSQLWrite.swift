import Core

/// Runs a `write` closure until the server can serialize it.
struct PostgreSQLWrite {
    let log: ChangeLog
    let answerTimeout: Duration

    /// - Throws: what `body` throws, once its transaction is undone; `SQLError.unavailable` where it is not known whether
    ///   the transaction was committed.
    func run<T>(
        on worker: PostgreSQLWorker, _ body: (any SQLWriter) throws -> T
    ) throws -> (T, ChangeLog.Laggards?) {
        for attempt in 1...Limits.serializationAttemptsMax {
            let transaction = PostgreSQLTransaction(
                .serializable, on: try worker.connected(), answerTimeout: answerTimeout)
            if let done = try attemptOnce(transaction, body) { return done }
            SerializationPause.take(afterAttempt: attempt)
        }
        throw SQLError(.overloaded, "other writes kept coming in between")
    }

    /// - Returns: nil where it may be tried again.
    private func attemptOnce<T>(
        _ transaction: PostgreSQLTransaction, _ body: (any SQLWriter) throws -> T
    ) throws -> (T, ChangeLog.Laggards?)? {
        let value: T
        do { value = try body(transaction) } catch {
            try transaction.undo()
            if transaction.failure?.isPassing == true { return nil }
            throw error
        }
        // A closure that went on after an error of the server has nothing to commit.
        if let failure = transaction.failure {
            try transaction.undo()
            guard failure.isPassing else { throw failure.error }
            return nil
        }
        switch try commit(transaction) {
        case .done(let laggards): return (value, laggards)
        case .refused(let failure):
            try transaction.undo()
            guard failure.isPassing else { throw failure.error }
            return nil
        }
    }

    private enum Outcome {
        case done(ChangeLog.Laggards?)
        case refused(PostgreSQLFailure)
    }

    /// Sends the log's rows, the commit and the reading of the log in one flush.
    private func commit(_ transaction: PostgreSQLTransaction) throws -> Outcome {
        let (changes, connection) = (transaction.announced, transaction.connection)
        let isLogged = ChangeLog.isLogged(changes, transaction.appends)
        guard transaction.hasBegun || isLogged else { return .done(nil) }
        let first = transaction.hasBegun ? 0 : 1
        try transaction.begin()
        try log.sendAppends(changes, transaction.appends, on: connection)
        try connection.send("COMMIT")
        try connection.sync()
        // What was found done already may rest on a commit whose own answer was lost.
        let isIdle = !isLogged && !transaction.hasChanges
        if isLogged || isIdle {
            try log.sendReadingUnlocked(on: connection)
            try connection.sync()
        }
        let segment = try connection.receive(by: transaction.deadline)
        let reading = isLogged || isIdle ? try connection.receive(by: transaction.deadline) : nil
        if let failure = segment.failure { return .refused(failure) }
        guard let reading else { return .done(nil) }
        let answers = try reading.get()
        guard answers.count == 3 else { throw connection.lost() }
        let seen = try log.applyAll(
            answers[1], announcesEvents: changes.contains(.eventsAppended), on: connection)
        if isIdle { return .done(log.laggards(behind: log.newestRestriction, seen)) }
        guard changes.contains(where: \.restricts), segment.answers.indices.contains(first + 1) else {
            return .done(nil)
        }
        return .done(log.laggards(behind: segment.answers[first + 1].row(0).int64(0), seen))
    }
}

/// Lets one process at a time do something, for as long as it takes.
enum PostgreSQLExclusion {
    /// A bound on migrations of large tables.
    static let timeMax: Duration = .seconds(12 * 3_600)

    /// The lock is taken before the transaction begins, so that it sees what the holder before it did.
    static func run<T>(on worker: PostgreSQLWorker, _ body: () throws -> T) throws -> T {
        let connection = try worker.connected()
        let deadline = ContinuousClock.now.advanced(by: timeMax)
        _ = try connection.run(
            """
            SELECT set_config('statement_timeout', '0', false), set_config('lock_timeout', '0', false),
                set_config('idle_in_transaction_session_timeout', '0', false)
            """, by: deadline)
        _ = try connection.run("SELECT pg_advisory_lock(\(CoherenceSchema.schemaLock))", by: deadline)
        // The timeouts and the lock end with the connection.
        defer {
            connection.retire()
            worker.dropIfLost()
        }
        return try body()
    }
}
