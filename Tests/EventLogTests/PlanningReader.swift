import SQL
import TestSupport

/// Passes queries on, and keeps how the engine answers each.
final class PlanningReader: SQLReader {
    private let base: any SQLReader
    private(set) var plans: [String] = []

    init(_ base: any SQLReader) {
        self.base = base
    }

    func query<T>(_ sql: String, _ arguments: [SQLValue], row: (any SQLRow) throws -> T) throws -> [T] {
        try plan(sql, arguments)
        return try base.query(sql, arguments, row: row)
    }

    func forEach(_ sql: String, _ arguments: [SQLValue], row: (any SQLRow) throws -> Bool) throws {
        try plan(sql, arguments)
        try base.forEach(sql, arguments, row: row)
    }

    private func plan(_ sql: String, _ arguments: [SQLValue]) throws {
        plans += try base.query("EXPLAIN QUERY PLAN " + sql, arguments) { $0.text(3) }
    }
}
