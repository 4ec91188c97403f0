import Core
import Exports
import Foundation

/// The archive of an account as a file, on its way into a server.
struct ArchiveFile: Sendable {
    private static let chunkBytes = 64 * 1024

    let path: String

    /// What an import of one did.
    struct Outcome: Sendable {
        let path: String
        let username: String
        let account: Int64
        /// `kept` is what is kept by the end.
        var counts = ArchiveCounts()
        /// All had been brought before.
        var wasDone = true
    }

    /// Sends the items in batches. Of an archive that is refused nothing stays.
    /// - Throws: `ImportError` with a sentence that says what is wrong with the file, or why it cannot be here.
    func send(to port: any AdminPort, progress: ProgressOutput) async throws -> Outcome {
        let source = try SourceDigest.source(kind: "archive", path: path)
        let name = path.split(separator: "/").last ?? "file"
        do {
            // All of it once before anything is written.
            let total = try check(named: name, progress)
            let reporter = ProgressReporter("Importing \(name)", unit: "items", total: total, output: progress)
            defer { reporter.finish() }
            return try await send(to: port, source) { reporter.update(done: $0) }
        } catch let error as ArchiveError {
            throw ImportError("\(path) is not taken: \(error).")
        }
    }

    /// - Returns: how many items there are.
    private func check(named name: Substring, _ progress: ProgressOutput) throws -> Int {
        let reporter = ProgressReporter("Checking \(name)", unit: "items", output: progress)
        defer { reporter.finish() }
        var reader = try ArchiveReader(try expander())
        var total = 0
        while let items = try reader.next() {
            total += items.count
            guard total <= Limits.archiveItemsMax else { throw ArchiveError("it has too many items") }
            reporter.update(done: total)
        }
        return total
    }

    private func send(
        to port: any AdminPort, _ source: String, progress: (Int) -> Void
    ) async throws -> Outcome {
        var reader = try ArchiveReader(try expander())
        let account = reader.manifest.user.value
        var outcome = Outcome(path: path, username: reader.manifest.username, account: account)
        let state = try await port.beginArchive(account: account, source: source)
        guard state?.isFinished != true else { return outcome }
        outcome.wasDone = false
        var done: Int64 = 0
        while let items = try reader.next() {
            for batch in items.batches {
                done += Int64(batch.count)
                if done > state?.itemsDone ?? 0 {
                    outcome.counts += try await bring(batch, of: account, source, done, to: port)
                }
                progress(Int(done))
            }
        }
        try await port.finishArchive(account: account, source: source)
        return outcome
    }

    private func bring(
        _ batch: [ArchivedItem], of account: Int64, _ source: String, _ done: Int64, to port: any AdminPort
    ) async throws -> ArchiveCounts {
        do {
            return try await port.importArchive(batch, account: account, source: source, itemsDone: done)
        } catch let error as ArchiveError {
            try await ElapsedTime.shown("Taking out again what came of \(path)") {
                try await port.withdrawArchive(account: account, source: source)
            }
            throw error
        }
    }

    private func expander() throws -> GzipExpander {
        let file: FileHandle
        do { file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path)) } catch {
            throw ImportError("\(path) cannot be read.")
        }
        return try GzipExpander { Array(try file.read(upToCount: Self.chunkBytes) ?? Data()) }
    }
}

extension ArchiveFile.Outcome {
    /// Tries again what was kept, now that the other archives are here too.
    func settled(by port: any AdminPort) async throws -> Self {
        let more = try await ElapsedTime.shown("Looking for what @\(username)'s archive refers to") {
            try await port.settleArchive(account: account)
        }
        var outcome = self
        outcome.counts.restored += more.restored
        outcome.counts.kept = more.kept
        return outcome
    }

    /// A report for a person.
    var text: String {
        let count = ProgressText.grouped(counts.restored)
        var lines = [
            wasDone
                ? "\(path): @\(username) was imported before"
                    + (counts.restored == 0 ? "." : "; \(count) more items came back.")
                : "\(path): @\(username), \(count) items brought back."
        ]
        let kept = counts.kept.sorted { $0.key < $1.key }.map { "\(ProgressText.grouped($0.value)) \($0.key)" }
        if !kept.isEmpty {
            lines.append(
                "Kept for the next export, as what it refers to is not here or not the account's to say: \(kept.joined(separator: ", "))."
            )
        }
        if !wasDone { lines.append("`starling user set-password \(username)` opens the account.") }
        return lines.joined(separator: "\n")
    }
}

extension [ArchivedItem] {
    /// Few enough for one transaction and one message.
    fileprivate var batches: [[ArchivedItem]] {
        var batches: [[ArchivedItem]] = []
        var bytes = 0
        for item in self {
            if batches.isEmpty || bytes + item.json.utf8.count > 1 << 20 || (batches.last?.count ?? 0) >= 500 {
                batches.append([])
                bytes = 0
            }
            batches[batches.count - 1].append(item)
            bytes += item.json.utf8.count
        }
        return batches
    }
}
