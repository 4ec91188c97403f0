import Core
import SQL

/// Keeps statements instead of running them. Every answer is one row of ones.
final class StatementRecorder: SQLWriter {
    private(set) var statements: [Statement] = []

    func query<T>(_ sql: String, _ arguments: [SQLValue], row: (any SQLRow) throws -> T) throws -> [T] {
        statements.append(Statement(sql, arguments))
        return [try row(RowOfOnes())]
    }

    func forEach(_ sql: String, _ arguments: [SQLValue], row: (any SQLRow) throws -> Bool) throws {
        statements.append(Statement(sql, arguments))
        _ = try row(RowOfOnes())
    }

    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        statements.append(Statement(sql, arguments))
        return 1
    }

    func append(_ statement: Statement) throws { statements.append(statement) }
    func announce(_ change: Change) {}
}

private struct RowOfOnes: SQLRow {
    func int64(_ column: Int) -> Int64 { 1 }
    func text(_ column: Int) -> String { "1" }
    func blob(_ column: Int) -> [UInt8] { [] }
    func isNull(_ column: Int) -> Bool { false }
}
