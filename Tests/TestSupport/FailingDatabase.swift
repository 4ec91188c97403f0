import Core
import SQL
import Synchronization

/// A store that is away now and then: the next calls fail, as often as asked.
package final class FailingDatabase: Database {
    private let base: any Database
    private let failures = Mutex<[any Error]>([])

    package init(_ base: any Database) {
        self.base = base
    }

    package var dialect: Dialect { base.dialect }

    package func failNext(_ count: Int, with error: any Error) {
        failures.withLock { $0 = Array(repeating: error, count: count) }
    }

    package var failuresLeft: Int { failures.withLock { $0.count } }

    private func fail() throws {
        if let error = failures.withLock({ $0.popLast() }) { throw error }
    }

    package func read<T: Sendable>(_ body: @escaping @Sendable (any SQLReader) throws -> T) async throws -> T {
        try fail()
        return try await base.read(body)
    }

    package func write<T: Sendable>(_ body: @escaping @Sendable (any SQLWriter) throws -> T) async throws -> T {
        try fail()
        return try await base.write(body)
    }

    package func commit(_ statements: [Statement], announcing changes: [Change]) async throws -> [StatementResult] {
        try await base.commit(statements, announcing: changes)
    }

    package func observe(_ observer: any CommitObserver) { base.observe(observer) }
    package func checkWritable() async throws { try await base.checkWritable() }
    package func close() async throws { try await base.close() }
}
