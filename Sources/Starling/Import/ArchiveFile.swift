import Exports
import Foundation

/// The archive of an account as a file, on its way into a server.
struct ArchiveFile: Sendable {
    private static let chunkBytes = 64 * 1024

    let path: String

    /// What an import of one did.
    struct Outcome: Sendable {
        var path: String
        var username: String
        var counts = ArchiveCounts()
        /// All had been brought before.
        var wasDone = true
    }

    /// Sends the items in batches.
    /// - Throws: `ImportError` with a sentence that says what is wrong with the file, or why it cannot be here.
    func send(to port: any AdminPort, progress: ProgressOutput) async throws -> Outcome {
        let source = try SourceDigest.source(kind: "archive", path: path)
        let reporter = ProgressReporter(
            "Importing \(path.split(separator: "/").last ?? "file")", unit: "items", output: progress)
        defer { reporter.finish() }
        do {
            // All of it once before anything is written: one that was cut short leaves nothing behind.
            var whole = try ArchiveReader(try expander())
            while try whole.next() != nil {}
            var reader = try ArchiveReader(try expander())
            var outcome = Outcome(path: path, username: reader.manifest.username)
            var done: Int64 = 0
            while let items = try reader.next() {
                for batch in items.batches {
                    done += Int64(batch.count)
                    let counts = try await port.importArchive(
                        batch, account: reader.manifest.user.value, source: source, itemsDone: done)
                    if counts != ArchiveCounts() { outcome.wasDone = false }
                    outcome.counts += counts
                    reporter.update(done: Int(done))
                }
            }
            return outcome
        } catch let error as ArchiveError {
            throw ImportError("\(path) is not taken: \(error).")
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
    /// A report for a person.
    var text: String {
        guard !wasDone else { return "\(path): @\(username) was imported before." }
        let head = "\(path): @\(username), \(ProgressText.grouped(counts.restored)) items brought back."
        let kept = counts.kept.sorted { $0.key < $1.key }.map { "\(ProgressText.grouped($0.value)) \($0.key)" }
        let rest =
            "Kept for the next export, as it is not the account's alone or has no other way back: \(kept.joined(separator: ", "))."
        return head + (kept.isEmpty ? "" : "\n" + rest)
            + "\n`starling user set-password \(username)` opens the account."
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
