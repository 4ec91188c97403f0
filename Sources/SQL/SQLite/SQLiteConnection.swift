import Core
import GRDBSQLite

/// One connection to a SQLite file, with its prepared statements and the changes of the transaction it is in.
///
/// One thread at a time uses it: the queue of the writer or of a reader.
final class SQLiteConnection {
    private let handle: OpaquePointer
    private let statements: PreparedStatements
    /// Written by SQLite with every commit, once `followLog` was called.
    private let frames = UnsafeMutablePointer<CInt>.allocate(capacity: 1)
    private(set) var announced: [Change] = []

    enum Access {
        case readWrite
        case readOnly

        fileprivate var flags: CInt {
            switch self {
            case .readWrite: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .readOnly: SQLITE_OPEN_READONLY
            }
        }
    }

    /// - Parameter setup: statements without results, such as pragmas.
    /// - Throws: `SQLError` where the file cannot be opened or is no database.
    init(path: String, _ access: Access, setup: String) throws {
        var opened: OpaquePointer?
        // The queue that owns it is its mutex.
        let code = sqlite3_open_v2(path, &opened, access.flags | SQLITE_OPEN_NOMUTEX, nil)
        guard let opened, code == SQLITE_OK else {
            let message = opened.map { String(cString: sqlite3_errmsg($0)) } ?? ""
            sqlite3_close_v2(opened)
            throw SQLError(sqlite: code, message: message)
        }
        handle = opened
        frames.initialize(to: 0)
        statements = PreparedStatements(handle)
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, Limits.storeBusyMillisecondsMax)
        let setupCode = sqlite3_exec(handle, setup, nil, nil, nil)
        guard setupCode == SQLITE_OK else { throw error(setupCode) }
    }

    deinit {
        statements.finalizeAll()
        sqlite3_close_v2(handle)
        frames.deallocate()
    }

    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Takes the changes announced since the last call.
    func takeAnnounced() -> [Change] {
        defer { announced = [] }
        return announced
    }

    func run(_ statement: Statement) throws -> StatementResult {
        let bound = try bound(statement.sql, statement.arguments)
        defer { bound.reset() }
        let width = bound.columnCount
        var rows: [[SQLValue]] = []
        while try step(bound) {
            rows.append((0..<width).map { SQLiteRow(handle: bound.handle).value($0) })
        }
        let affected = width > 0 ? rows.count : Int(sqlite3_changes(handle))
        if case .rows(let count, let error) = statement.expectation, count != affected { throw error }
        return StatementResult(rowsAffected: affected, rows: rows)
    }

    private func bound(_ sql: String, _ arguments: [SQLValue]) throws -> PreparedStatement {
        let statement = try statements.statement(sql) { error($0) }
        guard statement.parameterCount == arguments.count else {
            preconditionFailure("\(arguments.count) arguments given to: \(sql)")
        }
        for (index, argument) in arguments.enumerated() {
            let code = statement.bind(argument, at: CInt(index + 1))
            guard code == SQLITE_OK else { throw error(code) }
        }
        return statement
    }

    private func step(_ statement: PreparedStatement) throws -> Bool {
        switch sqlite3_step(statement.handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw error(code)
        }
    }

    private func error(_ code: CInt) -> SQLError {
        let extended = sqlite3_extended_errcode(handle)
        return SQLError(
            sqlite: extended == SQLITE_OK ? code : extended, message: String(cString: sqlite3_errmsg(handle)))
    }
}

extension SQLiteConnection: SQLWriter {
    func query<T>(_ sql: String, _ arguments: [SQLValue], row: (any SQLRow) throws -> T) throws -> [T] {
        let statement = try bound(sql, arguments)
        defer { statement.reset() }
        let current = SQLiteRow(handle: statement.handle)
        var found: [T] = []
        while try step(statement) { found.append(try row(current)) }
        return found
    }

    func forEach(_ sql: String, _ arguments: [SQLValue], row: (any SQLRow) throws -> Bool) throws {
        let statement = try bound(sql, arguments)
        defer { statement.reset() }
        let current = SQLiteRow(handle: statement.handle)
        while try step(statement) {
            guard try row(current) else { return }
        }
    }

    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        try run(Statement(sql, arguments)).rowsAffected
    }

    func announce(_ change: Change) {
        announced.append(change)
    }
}

// Transactions. Savepoints keep jobs apart that share one.
extension SQLiteConnection {
    func begin() throws { try execute("BEGIN IMMEDIATE", []) }
    func beginReading() throws { try execute("BEGIN", []) }
    func commit() throws { try execute("COMMIT", []) }
    func rollBack() throws { try execute("ROLLBACK", []) }
    func beginJob() throws { try execute("SAVEPOINT job", []) }
    func endJob() throws { try execute("RELEASE job", []) }
    func undoJob() throws { try execute("ROLLBACK TO job", []) }
}

// The write-ahead log.
extension SQLiteConnection {
    /// Keeps `loggedFrames` up to date. SQLite's own checkpoints must be off.
    func followLog() {
        let note: @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?, UnsafePointer<CChar>?, CInt) -> CInt = {
            $0?.storeBytes(of: $3, as: CInt.self)
            return SQLITE_OK
        }
        sqlite3_wal_hook(handle, note, frames)
    }

    /// Pages in the log since it began anew, as of this connection's last commit.
    var loggedFrames: Int { Int(frames.pointee) }

    /// Copies pages from the log into the file, as many as no reader and no writer hinders. What fails is copied next time, and
    /// before that read from the log.
    func checkpoint() {
        sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    }
}
