import Core
import SQL
import Synchronization

/// A store that is away now and then: the next writes fail, as often as asked.
final class FailingDatabase: Database {
    private let base: any Database
    private let failures = Mutex<[any Error]>([])

    init(_ base: any Database) {
        self.base = base
    }

    var dialect: Dialect { base.dialect }

    func failNext(_ count: Int, with error: any Error) {
        failures.withLock { $0 = Array(repeating: error, count: count) }
    }

    var failuresLeft: Int { failures.withLock { $0.count } }

    private func fail() throws {
        if let error = failures.withLock({ $0.popLast() }) { throw error }
    }

    func read<T: Sendable>(_ body: @escaping @Sendable (any SQLReader) throws -> T) async throws -> T {
        try await base.read(body)
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (any SQLWriter) throws -> T) async throws -> T {
        try fail()
        return try await base.write(body)
    }

    func commit(_ statements: [Statement], announcing changes: [Change]) async throws -> [StatementResult] {
        try await base.commit(statements, announcing: changes)
    }

    func observe(_ observer: any CommitObserver) { base.observe(observer) }
    func checkWritable() async throws { try await base.checkWritable() }
    func close() async throws { try await base.close() }
}
