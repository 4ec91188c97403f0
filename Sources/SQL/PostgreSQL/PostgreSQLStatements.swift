import CPostgreSQL
import Core

/// A statement the server has prepared, or is about to.
final class PostgreSQLStatement {
    let sql: String
    let name: String
    /// Of the parameters, as they were when it was prepared; unknown ones were null.
    let types: [Oid]
    var isSent = false
    /// Whether the server has said so.
    var isReady = false
    fileprivate var segment: Int
    fileprivate var lastUse = 0

    fileprivate init(sql: String, name: String, types: [Oid], segment: Int) {
        self.sql = sql
        self.name = name
        self.types = types
        self.segment = segment
    }

    fileprivate func takes(_ arguments: [SQLValue]) -> Bool {
        zip(types, arguments).allSatisfy { type, argument in
            let wanted = PostgreSQLType.of(argument)
            return wanted == type || wanted == PostgreSQLType.unknown
        }
    }
}

/// The prepared statements of one connection, by their portable text and the types of their arguments.
struct PostgreSQLStatements {
    private var byText: [String: [PostgreSQLStatement]] = [:]
    private var count = 0
    private var uses = 0
    private var names = 0
    private var segment = 0

    mutating func beginSegment() { segment += 1 }

    /// A null fits every type, so that a column that is now null and now not has one statement.
    mutating func statement(for sql: String, _ arguments: [SQLValue]) -> PostgreSQLStatement {
        uses += 1
        if let known = byText[sql]?.first(where: { isUsable($0) && $0.takes(arguments) }) {
            known.lastUse = uses
            return known
        }
        names += 1
        let statement = PostgreSQLStatement(
            sql: sql, name: "s\(names)", types: arguments.map(PostgreSQLType.of), segment: segment)
        statement.lastUse = uses
        byText[sql, default: []].append(statement)
        count += 1
        return statement
    }

    /// One that was sent in an earlier segment may have been skipped there, until its answer says that it was not.
    private func isUsable(_ statement: PostgreSQLStatement) -> Bool {
        statement.isReady || statement.segment == segment
    }

    mutating func forget(_ statement: PostgreSQLStatement) {
        byText[statement.sql]?.removeAll { $0 === statement }
        count -= 1
    }

    /// Once there are more than fit, forgets the half that was not used for longest.
    /// - Returns: the names to give back to the server.
    mutating func takeSurplus() -> [String] {
        guard count > Limits.preparedStatementsMax else { return [] }
        let oldest = byText.values.joined().sorted { $0.lastUse < $1.lastUse }.prefix(count / 2)
        for statement in oldest { forget(statement) }
        byText = byText.filter { !$0.value.isEmpty }
        return oldest.filter(\.isReady).map(\.name)
    }
}
