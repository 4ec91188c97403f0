import CPostgreSQL

/// An error the server reported.
struct PostgreSQLFailure: Error {
    /// As in https://www.postgresql.org/docs/current/errcodes-appendix.html.
    let state: String
    let message: String

    /// Of a statement whose expectation was not met; raised by the function `starling_expect`.
    static let expectationState = "ST001"
    static let schemaIsOlder = "0A000"

    /// The same transaction may succeed when it is tried again: the server could not serialize it, it was chosen to end a
    /// deadlock, or its prepared statements were of another schema.
    var isPassing: Bool {
        state.hasPrefix("40") || state == "26000"
            || state == Self.schemaIsOlder && message.hasPrefix("cached plan")
    }

    /// Prepared statements of this connection cannot be trusted any more.
    var endsConnection: Bool {
        state == "26000" || state == Self.schemaIsOlder || state == "25006" || state.hasPrefix("57P")
            || state == "25P03"
    }

    var error: SQLError { SQLError(code, "PostgreSQL \(state): \(message)") }

    private var code: SQLError.Code {
        switch state {
        case "23505": .uniqueViolation
        case "23503": .foreignKeyViolation
        case _ where state.hasPrefix("23"): .constraintViolation
        case "55P03", "57014": .overloaded
        case "53100", "25006", "25P03": .unavailable
        case _ where state.hasPrefix("40") || state.hasPrefix("53"): .overloaded
        case _ where Self.broken.contains(String(state.prefix(2))): .unavailable
        default: .other
        }
    }

    /// Connection, operator intervention, system error, damaged data: https://www.postgresql.org/docs/15/errcodes-appendix.html
    private static let broken: Set<String> = ["08", "57", "58", "XX"]
}

extension PostgreSQLFailure {
    /// - Parameter result: one of the status `PGRES_FATAL_ERROR`. Details are left out, since they quote rows.
    init(_ result: PostgreSQLResult) {
        state = result.field(CChar(UInt8(ascii: "C"))) ?? "08006"
        message = result.field(CChar(UInt8(ascii: "M"))) ?? "the connection broke"
    }
}
