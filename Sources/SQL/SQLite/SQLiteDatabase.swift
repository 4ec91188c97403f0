import Core
import Synchronization

/// The `Database` port on SQLite: a writer that groups commits and a pool of readers, in WAL mode.
///
/// A commit is acknowledged once `synchronous=FULL` has brought the log to disk.
package final class SQLiteDatabase: Database {
    private let writer: SQLiteWriter
    private let committer: GroupCommitter
    private let checkpointer: Checkpointer
    private let readers: ReaderPool
    private let observers = ObserverList()
    package let dialect = Dialect.sqlite

    package enum Synchronous: String, Sendable {
        case full = "FULL"
        /// Loses acknowledged writes on power loss; only a test that proves this asks for it.
        case normal = "NORMAL"
    }

    /// Opens the file, creating it where it is missing.
    /// - Throws: `SQLError` where the file cannot be opened or is no database.
    package init(path: String, synchronous: Synchronous = .full) throws {
        // Bulk writes touch index pages all over; those that fall out of the cache are written again and again.
        let connection = try SQLiteConnection(
            path: path, .readWrite,
            setup: """
                PRAGMA journal_mode = WAL; PRAGMA synchronous = \(synchronous.rawValue); PRAGMA foreign_keys = ON;
                PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864;
                PRAGMA temp_store = MEMORY;
                """)
        guard try connection.integer("PRAGMA synchronous") == (synchronous == .full ? 2 : 1) else {
            throw SQLError(.unavailable, "SQLite refused synchronous=\(synchronous.rawValue)")
        }
        connection.followLog()
        writer = SQLiteWriter(connection)
        checkpointer = try Checkpointer(path: path)
        readers = try ReaderPool(path: path, setup: "PRAGMA cache_size = -16000;")
        committer = GroupCommitter(writer: writer, observers: observers, afterBatch: checkpointer.follow)
    }

    package func read<T: Sendable>(_ body: @escaping @Sendable (any SQLReader) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try readers.submit { connection in
                    continuation.resume(with: Result { try Self.snapshot(of: connection, body) })
                }
            } catch { continuation.resume(throwing: error) }
        }
    }

    private static func snapshot<T>(
        of connection: SQLiteConnection, _ body: (any SQLReader) throws -> T
    ) throws -> T {
        try connection.beginReading()
        do {
            let value = try body(connection)
            try connection.commit()
            return value
        } catch {
            if connection.isInTransaction { try connection.rollBack() }
            throw error
        }
    }

    package func write<T: Sendable>(_ body: @escaping @Sendable (any SQLWriter) throws -> T) async throws -> T {
        try await submit { try Self.announcing(body, on: $0) }
    }

    package func writeMuch<T: Sendable>(_ body: @escaping @Sendable (any SQLWriter) throws -> T) async throws -> T {
        try await submit(alone: true) { try Self.announcing(body, on: $0) }
    }

    private static func announcing<T>(
        _ body: (any SQLWriter) throws -> T, on connection: SQLiteConnection
    ) throws -> (T, [Change]) {
        _ = connection.takeAnnounced()
        let value = try body(connection)
        return (value, connection.takeAnnounced())
    }

    package func commit(
        _ statements: [Statement], announcing changes: [Change]
    ) async throws -> [StatementResult] {
        try await submit { connection in
            (try statements.map(connection.run), changes)
        }
    }

    package func observe(_ observer: any CommitObserver) {
        observers.append(observer)
    }

    package func checkWritable() async throws {
        _ = try await write { store in
            try store.execute(
                "CREATE TABLE IF NOT EXISTS write_check (id INTEGER PRIMARY KEY NOT NULL, checks INTEGER NOT NULL)", [])
            return try store.execute(
                "INSERT INTO write_check (id, checks) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET checks = checks + 1",
                [])
        }
    }

    package func close() async throws {
        guard committer.close() else { return }
        // The writer's queue is serial: what was queued has run once this does.
        try await writer.run { _ in }
        await readers.close()
        await checkpointer.close()
        // The last to close folds the log into the file and removes it.
        await writer.close()
    }

    /// The `synchronous` setting of the connection that commits: 2 is FULL.
    package func effectiveSynchronous() async throws -> Int {
        try await writer.run { Int(try $0.integer("PRAGMA synchronous")) }
    }

    private func submit<T: Sendable>(
        alone isAlone: Bool = false, _ body: @escaping @Sendable (SQLiteConnection) throws -> (T, [Change])
    ) async throws -> T {
        let result = ResultBox<T>()
        return try await withCheckedThrowingContinuation { continuation in
            let run = { @Sendable (connection: SQLiteConnection) in
                let (value, changes) = try body(connection)
                result.set(value)
                return changes
            }
            let job = GroupCommitter.Job(body: run, isAlone: isAlone) { error in
                if let error {
                    continuation.resume(throwing: error)
                } else if let value = result.take() {
                    continuation.resume(returning: value)
                } else {
                    continuation.resume(throwing: SQLError(.other, "a committed job left no result"))
                }
            }
            do { try committer.submit(job) } catch { continuation.resume(throwing: error) }
        }
    }
}

/// Carries a job's value from inside its savepoint to after the commit.
private final class ResultBox<T: Sendable>: Sendable {
    private let value = Mutex<T?>(nil)

    func set(_ newValue: T) { value.withLock { $0 = newValue } }
    func take() -> T? { value.withLock { $0 } }
}
