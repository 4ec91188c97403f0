import Core
import GRDB
import GRDBSQLite

/// One GRDB connection seen through the port. It lives only inside the closure it was made for.
///
/// GRDB owns the connection, its statement cache and its lifetime; values are bound and read through SQLite's own calls,
/// which cost a tenth of the generic path on the small statements a feed is made of.
struct SQLiteConnection {
    let database: GRDB.Database
    private let changes = ChangeBox()

    init(_ database: GRDB.Database) {
        self.database = database
    }

    var announced: [Change] { changes.list }

    func run(_ statement: Statement) throws -> StatementResult {
        let handle = try prepared(statement.sql, statement.arguments)
        defer { reset(handle) }
        let width = sqlite3_column_count(handle)
        var rows: [[SQLValue]] = []
        while try step(handle) {
            rows.append((0..<width).map { SQLiteRow(handle: handle).value(Int($0)) })
        }
        let affected = width > 0 ? rows.count : Int(sqlite3_changes(database.sqliteConnection))
        if case .rows(let count, let error) = statement.expectation, count != affected { throw error }
        return StatementResult(rowsAffected: affected, rows: rows)
    }

    private func prepared(_ sql: String, _ arguments: [SQLValue]) throws -> OpaquePointer {
        let handle = try handle(of: SQLiteTranslations.translated(sql))
        sqlite3_reset(handle)
        guard sqlite3_bind_parameter_count(handle) == arguments.count else {
            preconditionFailure("\(arguments.count) arguments given to: \(sql)")
        }
        for (index, argument) in arguments.enumerated() {
            try bind(argument, at: CInt(index + 1), of: handle)
        }
        return handle
    }

    private func handle(of sql: String) throws -> OpaquePointer {
        do { return try database.cachedStatement(sql: sql).sqliteStatement } catch let error as DatabaseError {
            throw SQLError(error)
        }
    }

    private func bind(_ value: SQLValue, at index: CInt, of handle: OpaquePointer) throws {
        let code =
            switch value {
            case .null: sqlite3_bind_null(handle, index)
            case .integer(let value): sqlite3_bind_int64(handle, index, value)
            case .real(let value): sqlite3_bind_double(handle, index, value)
            case .text(let value): bind(text: value, at: index, of: handle)
            case .blob(let bytes): sqlite3_bind_blob64(handle, index, bytes, UInt64(bytes.count), transient)
            case .list(let values):
                bind(text: "[" + values.map(String.init).joined(separator: ",") + "]", at: index, of: handle)
            }
        guard code == SQLITE_OK else { throw error(code) }
    }

    private func bind(text: String, at index: CInt, of handle: OpaquePointer) -> CInt {
        var text = text
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                // An empty string has no base address, and a null pointer would bind NULL.
                guard let start = $0.baseAddress else { return sqlite3_bind_text(handle, index, "", 0, transient) }
                return sqlite3_bind_text64(handle, index, start, UInt64($0.count), transient, UInt8(SQLITE_UTF8))
            }
        }
    }

    /// SQLite copies the bytes before the call returns.
    private var transient: sqlite3_destructor_type {
        unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }

    private func step(_ handle: OpaquePointer) throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw error(code)
        }
    }

    private func reset(_ handle: OpaquePointer) {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    private func error(_ code: CInt) -> SQLError {
        let extended = sqlite3_extended_errcode(database.sqliteConnection)
        return SQLError(sqlite: extended == SQLITE_OK ? code : extended, message: database.lastErrorMessage ?? "")
    }
}

extension SQLiteConnection: SQLWriter {
    func query<T>(_ sql: String, _ arguments: [SQLValue], row: (any SQLRow) throws -> T) throws -> [T] {
        let handle = try prepared(sql, arguments)
        defer { reset(handle) }
        let current = SQLiteRow(handle: handle)
        var found: [T] = []
        while try step(handle) { found.append(try row(current)) }
        return found
    }

    func forEach(_ sql: String, _ arguments: [SQLValue], row: (any SQLRow) throws -> Bool) throws {
        let handle = try prepared(sql, arguments)
        defer { reset(handle) }
        let current = SQLiteRow(handle: handle)
        while try step(handle) {
            guard try row(current) else { return }
        }
    }

    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        try run(Statement(sql, arguments)).rowsAffected
    }

    func announce(_ change: Change) {
        changes.list.append(change)
    }
}

/// Collects the changes of one transaction while its closure runs, on that closure's thread only.
private final class ChangeBox {
    var list: [Change] = []
}

struct SQLiteRow: SQLRow {
    let handle: OpaquePointer

    func int64(_ column: Int) -> Int64 { sqlite3_column_int64(handle, CInt(column)) }
    func isNull(_ column: Int) -> Bool { sqlite3_column_type(handle, CInt(column)) == SQLITE_NULL }

    func text(_ column: Int) -> String {
        guard let bytes = sqlite3_column_text(handle, CInt(column)) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, CInt(column)))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    func blob(_ column: Int) -> [UInt8] {
        guard let bytes = sqlite3_column_blob(handle, CInt(column)) else { return [] }
        return [UInt8](UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(handle, CInt(column)))))
    }

    func value(_ column: Int) -> SQLValue {
        switch sqlite3_column_type(handle, CInt(column)) {
        case SQLITE_INTEGER: .integer(int64(column))
        case SQLITE_FLOAT: .real(sqlite3_column_double(handle, CInt(column)))
        case SQLITE_TEXT: .text(text(column))
        case SQLITE_BLOB: .blob(blob(column))
        default: .null
        }
    }
}

extension SQLError {
    init(_ error: DatabaseError) {
        self.init(sqlite: error.extendedResultCode.rawValue, message: error.message ?? "")
    }

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
