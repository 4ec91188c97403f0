import Core
import Posts

/// Brings real data into a server, in batches and through its services. What was interrupted goes on where it stopped,
/// and what was imported before changes nothing.
struct Importer: Sendable {
    let port: any AdminPort
    var progress: ProgressOutput = .standardError
    var clock: WallClock = .system
    /// Rows of one transaction.
    var batchMax = Limits.importBatchMax

    /// - Throws: `ImportError` where a file cannot be read to its end; what was read before stays imported.
    func run(_ plan: ImportPlan) async throws -> ImportSummary {
        let start = ContinuousClock.now
        var run = ImportRun(port: port, progress: progress, batchMax: batchMax)
        let now = clock.now()
        for path in plan.follows {
            try await run.add(
                path, as: plan.isUndirected ? "follows-undirected" : "follows",
                FollowFormat(isUndirected: plan.isUndirected))
        }
        for path in plan.activities {
            try await run.add(
                path, as: "activity", ActivityFormat(seed: plan.seed, times: WrittenTime.allowed(now: now)),
                batchMax: min(batchMax, Limits.importedActivitiesMax))
        }
        for path in plan.posts {
            try await run.add(path, as: "posts", try PostFormat(path: path, seed: plan.seed, now: now))
        }
        try await port.drain()
        run.summary.duration = start.duration(to: .now)
        return run.summary
    }
}

/// An import under way.
private struct ImportRun {
    let port: any AdminPort
    let progress: ProgressOutput
    let batchMax: Int
    var accounts = AccountBook()
    var summary = ImportSummary()

    init(port: any AdminPort, progress: ProgressOutput, batchMax: Int) {
        self.port = port
        self.progress = progress
        self.batchMax = batchMax
    }

    /// Imports a file. Each batch is sent while the next one is read.
    mutating func add(
        _ path: String, as kind: String, _ format: some LineFormat, batchMax sizeMax: Int? = nil
    ) async throws {
        let file = try InputFile(path: path)
        let source = try SourceDigest.source(kind: kind, path: path)
        let linesDone = try await port.linesImported(source: source)
        var reading = Reading(
            format: format, lines: LineReader(file), linesDone: linesDone, batchMax: sizeMax ?? batchMax)
        let name = path.split(separator: "/").last ?? "file"
        let reporter = ProgressReporter("Importing \(name)", unit: "lines", output: progress)
        defer { reporter.finish() }
        var waiting = try await nextBatch(&reading)
        while let batch = waiting {
            async let sent = batch.send(to: port, source: source)
            waiting = try await nextBatch(&reading)
            let new = try await sent
            summary.follows += new.follows
            summary.posts += new.posts
            reporter.show(batch.linesDone, of: file, at: reading.lines.number)
        }
        summary.files.append(
            .init(
                path: path, lines: reading.lines.number, linesDoneBefore: min(linesDone, reading.lines.number),
                skipped: reading.skipped))
    }

    /// Reads a batch and creates the accounts in it.
    private mutating func nextBatch(_ reading: inout Reading<some LineFormat>) async throws -> ImportBatch? {
        guard let draft = try reading.next(&accounts) else { return nil }
        let unknown = accounts.unknown(in: draft.places)
        for start in stride(from: 0, to: unknown.count, by: batchMax) {
            let places = unknown[start..<min(start + batchMax, unknown.count)]
            let ids = try await port.importAccounts(places.map { accounts.names[$0].username })
            for (place, id) in zip(places, ids) { accounts.learn(id, at: place) }
        }
        summary.accounts += unknown.count
        return draft.batch(accounts)
    }
}

/// A file on its way into batches.
private struct Reading<Format: LineFormat> {
    var format: Format
    var lines: LineReader
    /// Read again for the accounts they name, but not imported.
    let linesDone: Int64
    let batchMax: Int
    var skipped = SkippedLines()

    init(format: Format, lines: LineReader, linesDone: Int64, batchMax: Int) {
        self.format = format
        self.lines = lines
        self.linesDone = linesDone
        self.batchMax = batchMax
    }

    /// Nil where there is nothing left to do.
    mutating func next(_ accounts: inout AccountBook) throws -> DraftBatch? {
        var batch = DraftBatch(sizeMax: batchMax)
        while !batch.isFull, let line = try format.next(from: &lines) {
            do {
                if line.isTooLong { throw SkipReason.tooLong }
                try format.take(line, into: &batch, &accounts)
            } catch let reason as SkipReason {
                if line.lastNumber > linesDone { skipped.note(line.number, reason) }
            }
            if line.lastNumber <= linesDone { batch.removeAll() }
            batch.linesDone = line.lastNumber
        }
        return batch.linesDone > linesDone ? batch : nil
    }
}

extension ProgressReporter {
    /// Estimates the lines of a file by how many its bytes held so far.
    fileprivate func show(_ linesDone: Int64, of file: InputFile, at line: Int64) {
        if file.bytesRead > 0 {
            update(total: Int(Double(line) * Double(file.size) / Double(file.bytesRead)))
        }
        update(done: Int(linesDone))
    }
}

extension Limits {
    /// Activities in one transaction: each takes several rows and a look at what its target wrote, and others wait meanwhile.
    static let importedActivitiesMax = 1_000
}
