import ServiceLifecycle
import Synchronization

extension PostLibrary: Service {
    /// Loads cards anew while the process runs, all of them that were counted since the last time at once.
    package func run() async throws {
        await withGracefulShutdownHandler {
            for await positions in outdated.watched() { await refresh(positions) }
        } onGracefulShutdown: { [outdated] in
            outdated.finish()
        }
        outdated.finish()
    }
}

/// Positions whose cards are behind their counters, for whoever loads them anew.
final class Outdated: Sendable {
    private struct State {
        var positions: Set<Int64> = []
        var isWatched = false
    }

    private let state = Mutex(State())
    private let signal: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation

    init() {
        (signal, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Whether anyone will do something about what is added.
    var isWatched: Bool { state.withLock { $0.isWatched } }

    func add(_ positions: [Int64]) {
        guard !positions.isEmpty else { return }
        state.withLock { $0.positions.formUnion(positions) }
        bell.yield()
    }

    /// What was added since the last time, whenever something was. For one task.
    func watched() -> some AsyncSequence<[Int64], Never> {
        state.withLock { $0.isWatched = true }
        return signal.map { self.take() }
    }

    func finish() {
        state.withLock { $0.isWatched = false }
        bell.finish()
    }

    private func take() -> [Int64] {
        state.withLock { state in
            defer { state.positions = [] }
            return Array(state.positions)
        }
    }
}
