import SQL

/// Moves a community from SQLite to PostgreSQL: every row as it is, a batch in one transaction with how far it is, so that
/// what was interrupted goes on where it stopped. The source is only read.
struct ProfileMove: Sendable {
    let source: MoveSource
    let target: MoveTarget
    var size = RowBatch.Size()
    /// Feeds to compare.
    var sample = 100
    var progress: ProgressOutput = .standardError

    /// Copies what is not there yet, and verifies it. The move is finished when the report has no problems.
    /// - Throws: `MoveError` where the target is not for this source.
    func run() async throws -> MoveReport {
        // What can be refused at once is, before the source is read.
        if case .begun(let record) = try await target.standing(), record.finishedAt != nil { throw Self.finished }
        let survey = try await source.survey(size: size, progress: progress)
        let record = try await begin(survey)
        let start = ContinuousClock.now
        let copied = try await copy(record)
        let duration = start.duration(to: .now)
        if copied > 0 { try await target.analyze(source.tables) }
        var report = try await verification.run(survey)
        (report.rowsCopied, report.duration) = (copied, duration)
        if report.problems.isEmpty { try await target.finish() }
        return report
    }

    /// Compares both sides and changes neither.
    func verify() async throws -> MoveReport {
        guard try await target.database.read({ try MoveRecord.isThere($0) }) else {
            throw MoveError("Nothing was moved to the database at --to yet; leave out --verify-only.")
        }
        return try await verification.run(source.survey(size: size, progress: progress))
    }

    private var verification: MoveVerification {
        MoveVerification(source: source, target: target, size: size, sample: sample, progress: progress)
    }

    private static let finished = MoveError(
        "The move to this database is finished, and what was written there since would be lost; to compare the two, use "
            + "--verify-only.")

    /// Where the copying begins or goes on.
    private func begin(_ survey: MoveSurvey) async throws -> MoveRecord {
        if case .empty = try await target.standing() { try await target.begin(survey) }
        guard case .begun(let record) = try await target.standing() else {
            throw MoveError("The database at --to forgot what was moved to it.")
        }
        guard record.source != survey.fingerprint else { return record }
        let changed = MovedTables.copied.filter { record.places[$0]?.digest != survey.digests[$0] }
        let what = changed.isEmpty ? "its ids and events" : changed.joined(separator: ", ")
        throw MoveError(
            "The database at --to holds a part of another community, or of this one before it changed (it differs in "
                + "\(what)). Make a new database and begin anew.")
    }

    /// - Returns: the number of rows copied.
    private func copy(_ record: MoveRecord) async throws -> Int {
        let missing = record.places.values.reduce(0) { $0 + $1.digest.rows - $1.rowsDone }
        let reporter = ProgressReporter("Copying", unit: "rows", total: missing, output: progress)
        defer { reporter.finish() }
        for table in source.tables {
            guard let place = record.places[table.name], place.rowsDone < place.digest.rows else { continue }
            try await copy(table, from: place, reporter)
            let rows = place.digest.rows
            reporter.note("\(table.name): \(ProgressText.grouped(rows)) \(rows == 1 ? "row" : "rows")")
        }
        return missing
    }

    /// A batch is read while the one before it is written.
    private func copy(_ table: TableShape, from place: MoveRecord.Place, _ reporter: ProgressReporter) async throws {
        var reading = TableReading(table, in: source.database, size: size, after: place.lastKey)
        var rowsDone = place.rowsDone
        var waiting = try await reading.next()
        while let batch = waiting {
            let before = rowsDone
            async let written: Void = target.write(batch, of: table, after: before)
            waiting = try await reading.next()
            try await written
            rowsDone += batch.rows.count
            reporter.advance(by: batch.rows.count)
        }
    }
}
