import Core
import GRDBSQLite

/// The prepared statements of one connection, by their portable text.
final class PreparedStatements {
    private let connection: OpaquePointer
    private var byText: [String: PreparedStatement] = [:]

    init(_ connection: OpaquePointer) {
        self.connection = connection
    }

    /// - Parameter failure: makes the error of a code.
    func statement(_ sql: String, failure: (CInt) -> any Error) throws -> PreparedStatement {
        if let known = byText[sql] {
            sqlite3_reset(known.handle)
            return known
        }
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(
            connection, Dialect.sqlite.translate(sql), -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else { throw failure(code) }
        let statement = PreparedStatement(handle)
        makeRoom()
        byText[sql] = statement
        return statement
    }

    /// The program has fewer statements than fit; this is for those whose text is made at run time.
    private func makeRoom() {
        guard byText.count >= Limits.preparedStatementsMax else { return }
        byText = byText.filter { _, statement in
            guard sqlite3_stmt_busy(statement.handle) == 0 else { return true }
            sqlite3_finalize(statement.handle)
            return false
        }
    }

    func finalizeAll() {
        for statement in byText.values { sqlite3_finalize(statement.handle) }
        byText = [:]
    }
}

/// A statement that SQLite has compiled.
struct PreparedStatement {
    let handle: OpaquePointer
    let parameterCount: Int
    let columnCount: Int

    init(_ handle: OpaquePointer) {
        self.handle = handle
        parameterCount = Int(sqlite3_bind_parameter_count(handle))
        columnCount = Int(sqlite3_column_count(handle))
    }

    /// - Returns: SQLite's result code.
    func bind(_ value: SQLValue, at index: CInt) -> CInt {
        switch value {
        case .null: sqlite3_bind_null(handle, index)
        case .integer(let value): sqlite3_bind_int64(handle, index, value)
        case .real(let value): sqlite3_bind_double(handle, index, value)
        case .text(let value): bind(text: value, at: index)
        case .blob(let bytes): sqlite3_bind_blob64(handle, index, bytes, UInt64(bytes.count), transient)
        case .list(let values): bind(list: values, at: index)
        }
    }

    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    private func bind(text: String, at index: CInt) -> CInt {
        var text = text
        return text.withUTF8 { bind(utf8: $0, at: index) }
    }

    /// A JSON array, which `json_each` makes a table of.
    private func bind(list: [Int64], at index: CInt) -> CInt {
        var json = JSONWriter(capacity: 2 + list.count * 20)
        json.raw("[")
        for (place, value) in list.enumerated() {
            if place > 0 { json.raw(",") }
            json.integer(value)
        }
        json.raw("]")
        return json.bytes.withUnsafeBufferPointer { bind(utf8: $0, at: index) }
    }

    private func bind(utf8 bytes: UnsafeBufferPointer<UInt8>, at index: CInt) -> CInt {
        bytes.withMemoryRebound(to: CChar.self) {
            // An empty string has no base address, and a null pointer would bind NULL.
            guard let start = $0.baseAddress else { return sqlite3_bind_text(handle, index, "", 0, transient) }
            return sqlite3_bind_text64(handle, index, start, UInt64($0.count), transient, UInt8(SQLITE_UTF8))
        }
    }

    /// SQLite copies the bytes before the call returns.
    private var transient: sqlite3_destructor_type {
        unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }
}
