import Core
import SQL
import Synchronization

/// Counts the reads of a store.
final class CountingDatabase: Database {
    private let base: any Database
    private let count = Atomic<Int>(0)

    init(_ base: any Database) {
        self.base = base
    }

    var reads: Int { count.load(ordering: .relaxed) }
    var dialect: Dialect { base.dialect }

    func read<T: Sendable>(_ body: @escaping @Sendable (any SQLReader) throws -> T) async throws -> T {
        count.add(1, ordering: .relaxed)
        return try await base.read(body)
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (any SQLWriter) throws -> T) async throws -> T {
        try await base.write(body)
    }

    func commit(_ statements: [Statement], announcing changes: [Change]) async throws -> [StatementResult] {
        try await base.commit(statements, announcing: changes)
    }

    func observe(_ observer: any CommitObserver) { base.observe(observer) }
    func checkWritable() async throws { try await base.checkWritable() }
    func close() async throws { try await base.close() }
}
