import Core
import Dispatch
import Metrics
import Synchronization
import Telemetry

/// Brings what the write-ahead log holds into the file, beside the writer.
///
/// SQLite by itself does that within a commit, which then takes as long as thousands of pages and two more syncs do. Here a
/// connection of its own copies the pages while writes go on. What they log meanwhile is little; the writer copies it between
/// two batches, since only a log that is copied whole begins anew.
final class Checkpointer: Sendable {
    private enum Step {
        case wait, copy, finish
    }

    private struct Progress {
        var isCopying = false
        /// Whether the copy is done, and the rest is the writer's to copy.
        var isCopied = false
        /// Frames that the log held when it was last copied whole.
        var base = 0

        /// - Parameter frames: that the log holds now.
        mutating func step(at frames: Int) -> Step {
            if frames < base { base = 0 }
            if isCopied {
                self = Progress(base: frames)
                return .finish
            }
            guard !isCopying, frames - base >= Limits.checkpointFrames else { return .wait }
            isCopying = true
            return .copy
        }
    }

    private let queue = DispatchQueue(label: "starling.sqlite.checkpoints", qos: .utility)
    private let connection: Mutex<SQLiteConnection?>
    private let progress = Mutex(Progress())
    private let duration = Metrics.Timer(label: MetricName.checkpointSeconds)

    init(path: String) throws {
        connection = Mutex(try SQLiteConnection(path: path, .readWrite, setup: "PRAGMA wal_autocheckpoint = 0;"))
    }

    /// To be called on the writer's queue between two batches.
    func follow(_ writer: SQLiteConnection) {
        switch progress.withLock({ $0.step(at: writer.loggedFrames) }) {
        case .wait: break
        case .finish: writer.checkpoint()
        case .copy:
            queue.async { [self] in
                let start = ContinuousClock.now
                connection.withLock { $0?.checkpoint() }
                duration.record(duration: start.duration(to: .now))
                progress.withLock { $0.isCopied = true }
            }
        }
    }

    /// Ends once what it was about is done.
    func close() async {
        await withCheckedContinuation { continuation in
            queue.async { [self] in
                connection.withLock { $0 = nil }
                continuation.resume()
            }
        }
    }
}

extension Limits {
    /// Pages that the log holds before they are copied: 12 MB.
    static let checkpointFrames = 3_072
}
