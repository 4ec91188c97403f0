import PowerLossVFS
import Synchronization
import TestSupport

/// Pulls the plug on the databases of a folder, as often as asked: each time what is durable is copied elsewhere.
///
/// Databases opened in the folder while this lives go through the VFS; it must outlive them.
final class PowerLoss: Sendable {
    /// What a power loss left, and what was known when it struck.
    struct Wreck: Sendable {
        let path: String
        let acknowledged: Set<Int64>
        /// Begun by the time of the loss; only these may be there.
        let begun: Set<Int64>
    }

    private struct State {
        var isArmed = false
        var generator: SeededGenerator
        var operationsToNext = 0
        var acknowledged: Set<Int64> = []
        var begun: Set<Int64> = []
        var wrecks: [Wreck] = []
    }

    private let folder: TemporaryFolder
    private let watched: String
    private let wrecksMax: Int
    private let tearsBlocks: Bool
    private let state: Mutex<State>

    /// - Parameters:
    ///   - watched: the folder with the databases.
    ///   - tearsBlocks: whether blocks that were not synced survive at random, instead of none.
    init(in folder: TemporaryFolder, watched: String, seed: Int, wrecksMax: Int, tearsBlocks: Bool) throws {
        self.folder = folder
        self.watched = watched
        self.wrecksMax = wrecksMax
        self.tearsBlocks = tearsBlocks
        state = Mutex(State(generator: SeededGenerator(seed: seed)))
        // Unretained is safe: deinit ends the watch, and SQLite's calls with it.
        let context = Unmanaged.passUnretained(self).toOpaque()
        let code = powerloss_watch(
            watched,
            { context in
                guard let context else { return }
                Unmanaged<PowerLoss>.fromOpaque(context).takeUnretainedValue().fileOperation()
            }, context)
        guard code == 0 else { throw Refused() }
    }

    deinit {
        powerloss_unwatch(watched)
    }

    func arm() {
        state.withLock { $0.isArmed = true }
    }

    func begin(_ key: Int64) {
        state.withLock { _ = $0.begun.insert(key) }
    }

    func acknowledge(_ key: Int64) {
        state.withLock { _ = $0.acknowledged.insert(key) }
    }

    var wrecks: [Wreck] { state.withLock { $0.wrecks } }

    /// Runs between the operations on files, on SQLite's thread.
    private func fileOperation() {
        state.withLock { state in
            guard state.isArmed, state.wrecks.count < wrecksMax else { return }
            state.operationsToNext -= 1
            guard state.operationsToNext < 0 else { return }
            state.operationsToNext = Int.random(in: 0..<600, using: &state.generator)
            let seed = tearsBlocks ? state.generator.next() | 1 : 0
            guard let path = try? folder.folder("wreck-\(state.wrecks.count)"),
                powerloss_capture(watched, path, seed) > 0
            else { return }
            state.wrecks.append(Wreck(path: path, acknowledged: state.acknowledged, begun: state.begun))
        }
    }
}
