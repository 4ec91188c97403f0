import Core

/// The store of record: SQLite on one machine, PostgreSQL on many.
///
/// Closures run synchronously on the driver's own threads; no transaction is held across a suspension.
package protocol Database: Sendable {
    var dialect: Dialect { get }

    /// Until when this process may answer from what it keeps in memory.
    var cacheLease: CacheLease { get }

    /// Runs `body` on a consistent snapshot that includes every write acknowledged before the call.
    func read<T: Sendable>(_ body: @escaping @Sendable (any SQLReader) throws -> T) async throws -> T

    /// Runs `body` as a serializable transaction. It may run more than once, so it has no effects outside.
    ///
    /// Returns once the transaction is on disk; throwing from `body` undoes it.
    func write<T: Sendable>(_ body: @escaping @Sendable (any SQLWriter) throws -> T) async throws -> T

    /// Runs a fixed list of statements as one transaction with no reads between them: one round trip on PostgreSQL,
    /// a share of a group commit on SQLite.
    ///
    /// - Parameter changes: handed to the observers after the commit and before this call returns.
    /// - Returns: one result per statement.
    func commit(_ statements: [Statement], announcing changes: [Change]) async throws -> [StatementResult]

    /// Like `read`, from a replica where there is one: for what may be some seconds old, never for what somebody may see.
    func readStale<T: Sendable>(_ body: @escaping @Sendable (any SQLReader) throws -> T) async throws -> T

    /// Like `write`, for what touches thousands of rows.
    func writeMuch<T: Sendable>(_ body: @escaping @Sendable (any SQLWriter) throws -> T) async throws -> T

    /// Like `write`, while no other process is in such a call, and without a bound on its time: for migrations.
    func writeExclusively<T: Sendable>(_ body: @escaping @Sendable (any SQLWriter) throws -> T) async throws -> T

    /// Everything in the log up to this offset has been handed to the observers here.
    var position: Int64 { get }

    /// Returns once everything up to `offset`, a `position` of any process, has been handed to the observers here.
    /// - Throws: `SQLError.unavailable` after `timeout`.
    func waitUntilApplied(_ offset: Int64, timeout: Duration) async throws

    /// Returns once everything that was committed before the call has been handed to the observers here, and whatever hides
    /// something to those of every process that answers from memory.
    ///
    /// For answers that acknowledge what was found done already: the commit that did it may have lost its own answer.
    func settle() async throws

    /// The newest event offset that a failover cannot lose: what may be told to other systems.
    func confirmedHead() async throws -> Int64

    /// The node number that this process has claimed, where several processes share the store.
    var nodeClaim: NodeClaim? { get }

    /// Registers an observer of committed changes. Observers are called in commit order.
    func observe(_ observer: any CommitObserver)

    /// Proves that the store accepts writes, by one.
    func checkWritable() async throws

    /// Finishes what is queued and closes every connection.
    func close() async throws
}

extension Database {
    /// Where no other process writes.
    package var cacheLease: CacheLease { .permanent }
    package var nodeClaim: NodeClaim? { nil }
    package var position: Int64 { 0 }
    package func waitUntilApplied(_ offset: Int64, timeout: Duration) async throws {}
    package func settle() async throws {}

    package func confirmedHead() async throws -> Int64 {
        try await read { try $0.integer("SELECT max(event_offset) FROM outbox") }
    }

    package func readStale<T: Sendable>(_ body: @escaping @Sendable (any SQLReader) throws -> T) async throws -> T {
        try await read(body)
    }

    package func writeMuch<T: Sendable>(_ body: @escaping @Sendable (any SQLWriter) throws -> T) async throws -> T {
        try await write(body)
    }

    package func writeExclusively<T: Sendable>(
        _ body: @escaping @Sendable (any SQLWriter) throws -> T
    ) async throws -> T {
        try await write(body)
    }
}

/// A node number, and who holds it.
package struct NodeClaim: Hashable, Sendable {
    package let node: Int
    /// Names one claim of one process, and no other that ever was.
    package let holder: String
}

/// Sees every committed change, in commit order, on the thread that committed it: be brief, never block.
package protocol CommitObserver: Sendable {
    func committed(_ changes: [Change])
}

/// One row of a result, valid only inside the closure it is given to.
package protocol SQLRow {
    func int64(_ column: Int) -> Int64
    func text(_ column: Int) -> String
    func blob(_ column: Int) -> [UInt8]
    func isNull(_ column: Int) -> Bool
}

extension SQLRow {
    package func flag(_ column: Int) -> Bool { int64(column) != 0 }
    package func optionalInt64(_ column: Int) -> Int64? { isNull(column) ? nil : int64(column) }
    package func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }
    package func id<Entity>(_ column: Int, _: Entity.Type = Entity.self) -> ID<Entity> { ID(int64(column)) }
    package func position(_ column: Int) -> Position { Position(int64(column)) }
}

package protocol SQLReader {
    /// Calls `row` for each row of the answer and collects what it gives.
    func query<T>(_ sql: String, _ arguments: [SQLValue], row: (any SQLRow) throws -> T) throws -> [T]
    /// Calls `row` for each row until it returns false.
    func forEach(_ sql: String, _ arguments: [SQLValue], row: (any SQLRow) throws -> Bool) throws
}

extension SQLReader {
    /// The first row, or nil where there is none.
    package func first<T>(_ sql: String, _ arguments: [SQLValue] = [], row: (any SQLRow) throws -> T) throws -> T? {
        var found: T?
        try forEach(sql, arguments) {
            found = try row($0)
            return false
        }
        return found
    }

    /// The integer in the first column of the first row; 0 where there is no row or it is null.
    package func integer(_ sql: String, _ arguments: [SQLValue] = []) throws -> Int64 {
        try first(sql, arguments) { $0.isNull(0) ? 0 : $0.int64(0) } ?? 0
    }
}

package protocol SQLWriter: SQLReader {
    /// - Returns: the number of rows inserted, changed or deleted.
    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int
    /// Adds a row to the log of events. It is not seen by this transaction's own queries.
    func append(_ statement: Statement) throws
    /// Adds a change to those announced when this transaction has committed.
    func announce(_ change: Change)
}

extension SQLWriter {
    package func append(_ statement: Statement) throws {
        try execute(statement.sql, statement.arguments)
    }
}
