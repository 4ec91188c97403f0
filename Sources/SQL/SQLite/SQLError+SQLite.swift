import GRDBSQLite

extension SQLError {
    /// Codes as in https://www.sqlite.org/rescode.html.
    init(sqlite code: CInt, message: String) {
        let kind: Code =
            switch code {
            case SQLITE_CONSTRAINT | (8 << 8), SQLITE_CONSTRAINT | (6 << 8): .uniqueViolation
            case SQLITE_CONSTRAINT | (3 << 8): .foreignKeyViolation
            case _ where code & 0xFF == SQLITE_CONSTRAINT: .constraintViolation
            case _ where [SQLITE_BUSY, SQLITE_LOCKED].contains(code & 0xFF): .overloaded
            case _ where Self.broken.contains(code & 0xFF): .unavailable
            default: .other
            }
        self.init(kind, "SQLite \(code): \(message)")
    }

    /// The store is full, read-only, damaged or, for MISUSE, closed.
    private static let broken: Set<CInt> = [
        SQLITE_FULL, SQLITE_IOERR, SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_MISUSE,
    ]
}
