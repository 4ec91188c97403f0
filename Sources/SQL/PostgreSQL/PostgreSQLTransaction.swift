import Core

/// One transaction, its statements asked and answered one by one. It begins with the first of them, in the same flush.
///
/// What a closure adds to the log is kept here and sent with the commit, so that the lock of the log is held for no round
/// trip.
final class PostgreSQLTransaction {
    enum Kind: String {
        case snapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        case serializable = "BEGIN ISOLATION LEVEL SERIALIZABLE"
    }

    let connection: PostgreSQLConnection
    private let kind: Kind
    private let answerTimeout: Duration
    private(set) var hasBegun = false
    /// The first error of the server; the transaction is then lost, whatever the closure makes of it.
    private(set) var failure: PostgreSQLFailure?
    /// Whether a statement changed a row.
    private(set) var hasChanges = false
    private(set) var appends: [Statement] = []
    private(set) var announced: [Change] = []

    init(_ kind: Kind, on connection: PostgreSQLConnection, answerTimeout: Duration) {
        self.kind = kind
        self.connection = connection
        self.answerTimeout = answerTimeout
    }

    var deadline: ContinuousClock.Instant { .now.advanced(by: answerTimeout) }

    private func run(_ sql: String, _ arguments: [SQLValue]) throws -> PostgreSQLResult {
        try arguments.requireStorable()
        if let failure { throw failure.error }
        try begin()
        try connection.send(sql, arguments)
        try connection.sync()
        let segment = try connection.receive(by: deadline)
        failure = segment.failure
        guard let answer = try segment.get().last else { throw connection.lost() }
        return answer
    }

    /// Queues the BEGIN where that has not happened yet.
    func begin() throws {
        guard !hasBegun else { return }
        hasBegun = true
        try connection.send(kind.rawValue)
    }

    /// Lets the server end a snapshot; nobody waits for it.
    func leave() throws {
        guard hasBegun, !connection.isLost else { return }
        try connection.send("COMMIT")
        try connection.sync()
        connection.leaveAnswers()
    }

    func undo() throws {
        guard hasBegun, !connection.isLost, connection.isInTransaction else { return }
        _ = try connection.run("ROLLBACK", by: deadline)
    }
}

extension PostgreSQLTransaction: SQLWriter {
    func query<T>(_ sql: String, _ arguments: [SQLValue], row: (any SQLRow) throws -> T) throws -> [T] {
        let answer = try run(sql, arguments)
        return try (0..<answer.rowCount).map { try row(answer.row($0)) }
    }

    func forEach(_ sql: String, _ arguments: [SQLValue], row: (any SQLRow) throws -> Bool) throws {
        let answer = try run(sql, arguments)
        for index in 0..<answer.rowCount {
            guard try row(answer.row(index)) else { return }
        }
    }

    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        let count = try run(sql, arguments).rowsAffected
        hasChanges = hasChanges || count > 0
        return count
    }

    func append(_ statement: Statement) throws {
        try statement.arguments.requireStorable()
        appends.append(statement)
    }

    func announce(_ change: Change) { announced.append(change) }
}
