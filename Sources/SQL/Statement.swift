/// One statement of a fixed transaction, with what must come of it.
package struct Statement: Sendable {
    package let sql: String
    package let arguments: [SQLValue]
    package let expectation: Expectation
    /// Adds a row to the log of events, whose rows become visible in the order of their offsets.
    package let isLogAppend: Bool

    /// How many rows the statement must touch (or return, with `RETURNING`).
    package enum Expectation: Sendable {
        case any
        /// Exactly this many rows, or the whole transaction is undone and the error thrown.
        case rows(Int, otherwise: any Error)
    }

    /// - Parameters:
    ///   - sql: in the dialect both engines understand: `$1` parameters, `ON CONFLICT`, `RETURNING`, `list($1)`.
    ///   - arguments: for `$1`, `$2`, … in order.
    ///   - isLogAppend: set by the log of events alone.
    package init(
        _ sql: String, _ arguments: [SQLValue] = [], expecting expectation: Expectation = .any,
        isLogAppend: Bool = false
    ) {
        self.sql = sql
        self.arguments = arguments
        self.expectation = expectation
        self.isLogAppend = isLogAppend
    }
}

/// What one statement of a `commit` did.
package struct StatementResult: Sendable {
    package let rowsAffected: Int
    /// The rows of a `RETURNING` clause, each as wide as that clause.
    package let rows: [[SQLValue]]
}
