import Core

/// A fixed transaction that waits to be committed.
struct PostgreSQLCommit: Sendable {
    struct Done: Sendable {
        let results: [StatementResult]
        /// Who has to be waited for before the commit is acknowledged.
        let laggards: ChangeLog.Laggards?
    }

    let statements: [Statement]
    let changes: [Change]
    let since: ContinuousClock.Instant
    /// Called once.
    let finish: @Sendable (Result<Done, any Error>) -> Void
}

/// Commits put to the server in one flush: together as one transaction, or each as its own.
struct PostgreSQLBatch {
    let commits: [PostgreSQLCommit]
    let connection: PostgreSQLConnection
    let log: ChangeLog

    private var ordinary: [[Statement]] { commits.map { $0.statements.filter { !$0.isLogAppend } } }

    enum Outcome {
        case committed([PostgreSQLCommit.Done])
        case failed(PostgreSQLFailure)
    }

    /// Runs all as one transaction, with the reading of the log behind it.
    func runTogether(by deadline: ContinuousClock.Instant) throws -> Outcome {
        let changes = commits.flatMap(\.changes)
        let appends = commits.flatMap { $0.statements.filter(\.isLogAppend) }
        let placeOfLog = try queue(ordinary.joined(), changes, appends)
        let isLogged = ChangeLog.isLogged(changes, appends)
        if isLogged { try queueReading() }
        let segment = try connection.receive(by: deadline)
        let reading = isLogged ? try connection.receive(by: deadline) : nil
        if let failure = segment.failure { return .failed(failure) }
        var laggards: ChangeLog.Laggards?
        if let reading {
            let seen = try apply(reading, announcesEvents: changes.contains(.eventsAppended))
            laggards = self.laggards(offset: offset(of: segment, at: placeOfLog, changes), seen)
        }
        var answers = segment.answers[...]
        var done: [PostgreSQLCommit.Done] = []
        for commit in commits {
            done.append(PostgreSQLCommit.Done(results: Self.results(of: commit, from: &answers), laggards: laggards))
        }
        return .committed(done)
    }

    /// Runs each as a transaction of its own, all in one flush.
    /// - Returns: what came of each; nil for one that may be tried again.
    func runApart(by deadline: ContinuousClock.Instant) throws -> [Result<PostgreSQLCommit.Done, any Error>?] {
        var places: [Int] = []
        for commit in commits {
            places.append(
                try queue(
                    commit.statements.filter { !$0.isLogAppend }, commit.changes,
                    commit.statements.filter(\.isLogAppend)))
        }
        try queueReading()
        let segments = try commits.map { _ in try connection.receive(by: deadline) }
        let reading = try connection.receive(by: deadline)
        let applied = try apply(reading, announcesEvents: commits.contains { $0.changes.contains(.eventsAppended) })
        return zip(zip(commits, segments), places).map { pair, place in
            let (commit, segment) = pair
            if let failure = segment.failure {
                return failure.isPassing ? nil : .failure(error(of: failure, in: commit, after: segment.answers.count))
            }
            var answers = segment.answers[...]
            let results = Self.results(of: commit, from: &answers)
            let offset = offset(of: segment, at: place, commit.changes)
            return .success(PostgreSQLCommit.Done(results: results, laggards: laggards(offset: offset, applied)))
        }
    }

    /// - Returns: the place of the change log's answer, if there is one.
    private func queue(
        _ statements: some Sequence<Statement>, _ changes: [Change], _ appends: [Statement]
    ) throws -> Int {
        var count = 0
        for statement in statements {
            try PostgreSQLStatementForm.send(statement, on: connection)
            count += 1
        }
        try log.sendAppends(changes, appends, on: connection)
        try connection.sync()
        return count + 1
    }

    private func queueReading() throws {
        try log.sendReadingUnlocked(on: connection)
        try connection.sync()
    }
}

// Answers
extension PostgreSQLBatch {
    private static func results(
        of commit: PostgreSQLCommit, from answers: inout ArraySlice<PostgreSQLResult>
    ) -> [StatementResult] {
        commit.statements.map { statement in
            guard !statement.isLogAppend, let answer = answers.popFirst() else {
                return StatementResult(rowsAffected: 1, rows: [])
            }
            return PostgreSQLStatementForm.result(of: statement, answer)
        }
    }

    /// The error a statement promised for its expectation, or the server's.
    private func error(of failure: PostgreSQLFailure, in commit: PostgreSQLCommit, after count: Int) -> any Error {
        let ordinary = commit.statements.filter { !$0.isLogAppend }
        guard failure.state == PostgreSQLFailure.expectationState, count < ordinary.count,
            case .rows(_, let error) = ordinary[count].expectation
        else { return failure.error }
        return error
    }

    private func offset(
        of segment: PostgreSQLConnection.Segment, at place: Int, _ changes: [Change]
    ) -> Int64? {
        guard changes.contains(where: \.restricts), segment.answers.indices.contains(place) else { return nil }
        return segment.answers[place].row(0).int64(0)
    }

    private func laggards(offset: Int64?, _ reading: ChangeLog.Reading) -> ChangeLog.Laggards? {
        guard let offset else { return nil }
        return log.laggards(behind: offset, reading)
    }

    private func apply(
        _ segment: PostgreSQLConnection.Segment, announcesEvents: Bool
    ) throws -> ChangeLog.Reading {
        let answers = try segment.get()
        guard answers.count == 3 else { throw connection.lost() }
        return try log.applyAll(answers[1], announcesEvents: announcesEvents, on: connection)
    }
}
