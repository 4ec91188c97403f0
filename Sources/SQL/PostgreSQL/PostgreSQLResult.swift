import CPostgreSQL

/// The answer to one statement, in binary format; freed with the last mention of it.
///
/// libpq never changes a result once it was handed out, which is why this may be sent.
final class PostgreSQLResult: @unchecked Sendable {
    let handle: OpaquePointer
    let rowCount: Int
    let columnCount: Int

    init(_ handle: OpaquePointer) {
        self.handle = handle
        rowCount = Int(PQntuples(handle))
        columnCount = Int(PQnfields(handle))
    }

    deinit { PQclear(handle) }

    var status: ExecStatusType { PQresultStatus(handle) }

    /// Rows inserted, changed, deleted or returned.
    var rowsAffected: Int {
        PQcmdTuples(handle).flatMap { Int(String(cString: $0)) } ?? 0
    }

    /// A field of an error, by the letter of https://www.postgresql.org/docs/15/protocol-error-fields.html.
    func field(_ letter: CChar) -> String? {
        PQresultErrorField(handle, CInt(letter)).map { String(cString: $0) }
    }

    func row(_ index: Int) -> PostgreSQLRow { PostgreSQLRow(result: self, index: CInt(index)) }

    var rows: [[SQLValue]] {
        (0..<rowCount).map { index in
            let row = row(index)
            return (0..<columnCount).map(row.value)
        }
    }
}
