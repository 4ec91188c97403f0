import Timelines
import SocialGraph
import HTTPAPI
import EventLog
import Core
import SQL
import Synchronization

/// A store whose announcements can be held back, and that can do something just before its next read: the moments
/// between two steps of a reader or of a commit, made as long as a test needs.
final class HookedDatabase: Database {
    private struct State {
        var observers: [any CommitObserver] = []
        var isHolding = false
        var held: [Change] = []
        var beforeRead: (@Sendable () async throws -> Void)?
    }

    /// Stands for all observers in the store.
    private struct Relay: CommitObserver {
        let database: HookedDatabase

        func committed(_ changes: [Change]) { database.announce(changes) }
    }

    private let base: SQLiteDatabase
    private let state = Mutex(State())

    init(_ base: SQLiteDatabase) {
        self.base = base
        base.observe(Relay(database: self))
    }

    var dialect: Dialect { base.dialect }

    /// From here on commits are there to be read but nobody is told.
    func hold() {
        state.withLock { $0.isHolding = true }
    }

    /// Tells what was held back.
    func release() {
        let held = state.withLock { state in
            state.isHolding = false
            defer { state.held = [] }
            return state.held
        }
        announce(held)
    }

    func beforeNextRead(_ action: @escaping @Sendable () async throws -> Void) {
        state.withLock { $0.beforeRead = action }
    }

    private func announce(_ changes: [Change]) {
        let observers: [any CommitObserver] = state.withLock { state in
            guard state.isHolding else { return state.observers }
            state.held.append(contentsOf: changes)
            return []
        }
        for observer in observers { observer.committed(changes) }
    }

    func read<T: Sendable>(_ body: @escaping @Sendable (any SQLReader) throws -> T) async throws -> T {
        let action = state.withLock { state in
            defer { state.beforeRead = nil }
            return state.beforeRead
        }
        try await action?()
        return try await base.read(body)
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (any SQLWriter) throws -> T) async throws -> T {
        try await base.write(body)
    }

    func commit(_ statements: [Statement], announcing changes: [Change]) async throws -> [StatementResult] {
        try await base.commit(statements, announcing: changes)
    }

    func observe(_ observer: any CommitObserver) {
        state.withLock { $0.observers.append(observer) }
    }

    func checkWritable() async throws { try await base.checkWritable() }
    func close() async throws { try await base.close() }
}
