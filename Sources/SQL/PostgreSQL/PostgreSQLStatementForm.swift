/// How a statement of a fixed transaction is put to the server, and its answer read.
///
/// With an expectation the server counts the rows itself, so that a transaction which fails it is undone without another
/// round trip.
enum PostgreSQLStatementForm {
    case plain
    /// The statement returns rows, which are passed on.
    case expectingReturned
    /// The answer is the count of rows.
    case expecting

    init(_ statement: Statement) {
        switch statement.expectation {
        case .any: self = .plain
        case .rows: self = Self.returnsRows(statement.sql) ? .expectingReturned : .expecting
        }
    }

    private static func returnsRows(_ sql: String) -> Bool {
        sql.hasPrefix("SELECT") || sql.contains("RETURNING")
    }

    static func send(_ statement: Statement, on connection: PostgreSQLConnection) throws {
        guard case .rows(let count, _) = statement.expectation else {
            return try connection.send(statement.sql, statement.arguments)
        }
        let wanted = "$\(statement.arguments.count + 1)"
        let arguments = statement.arguments + [.integer(Int64(count))]
        switch Self(statement) {
        case .expectingReturned:
            // The count is a condition of its own, which is looked at before any row, also where there is none.
            try connection.send(
                """
                WITH found AS (\(statement.sql)) SELECT * FROM found
                WHERE (SELECT starling_expect((SELECT count(*) FROM found), \(wanted)))
                """, arguments)
        case .expecting, .plain:
            try connection.send(
                """
                WITH found AS (\(statement.sql) RETURNING 1) SELECT count(*) FROM found
                HAVING starling_expect(count(*), \(wanted))
                """, arguments)
        }
    }

    static func result(of statement: Statement, _ answer: PostgreSQLResult) -> StatementResult {
        switch Self(statement) {
        case .plain, .expectingReturned:
            StatementResult(rowsAffected: answer.rowsAffected, rows: answer.columnCount > 0 ? answer.rows : [])
        case .expecting:
            StatementResult(rowsAffected: answer.rowCount > 0 ? Int(clamping: answer.row(0).int64(0)) : 0, rows: [])
        }
    }
}
