import Core
import Dispatch
import GRDB
import Synchronization

/// The `Database` port on SQLite through GRDB: a writer that groups commits and a pool of readers, in WAL mode.
///
/// A commit is acknowledged once `synchronous=FULL` has brought the log to disk.
package final class SQLiteDatabase: Database {
    private let pool: DatabasePool
    private let committer: GroupCommitter
    private let observers = ObserverList()
    package let dialect = Dialect.sqlite

    package enum Synchronous: String, Sendable {
        case full = "FULL"
        /// Loses acknowledged writes on power loss; only a test that proves this asks for it.
        case normal = "NORMAL"
    }

    /// Opens the file, creating it where it is missing.
    /// - Throws: `SQLError` or GRDB's `DatabaseError` where the file cannot be opened or is no database.
    package init(path: String, synchronous: Synchronous = .full) throws {
        var configuration = Configuration()
        configuration.maximumReaderCount = Limits.readerConnectionsMax
        configuration.busyMode = .timeout(5)
        configuration.persistentReadOnlyConnections = true
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA cache_size = -16000; PRAGMA mmap_size = 268435456;")
        }
        pool = try DatabasePool(path: path, configuration: configuration)
        // GRDB sets NORMAL once it has prepared the writer, so FULL has to come after, and is read back.
        try pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = \(synchronous.rawValue)")
            try database.execute(sql: "PRAGMA journal_size_limit = 67108864")
            // Bulk writes touch index pages all over; those that fall out of the cache are written again and again.
            try database.execute(sql: "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4096")
            let effective = try Int.fetchOne(database, sql: "PRAGMA synchronous")
            guard effective == (synchronous == .full ? 2 : 1) else {
                throw SQLError(.unavailable, "SQLite refused synchronous=\(synchronous.rawValue)")
            }
        }
        committer = GroupCommitter(pool: pool, observers: observers)
    }

    package func read<T: Sendable>(_ body: @escaping @Sendable (any SQLReader) throws -> T) async throws -> T {
        do { return try await pool.read { try body(SQLiteConnection($0)) } } catch let error as DatabaseError {
            throw SQLError(error)
        }
    }

    package func write<T: Sendable>(_ body: @escaping @Sendable (any SQLWriter) throws -> T) async throws -> T {
        try await submit { connection in
            let value = try body(connection)
            return (value, connection.announced)
        }
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
        // The writer's queue is serial: a batch has run once this has, and the next, if there is one, stands behind it.
        repeat { try await pool.writeWithoutTransaction { _ in } } while committer.isDraining
        try await pool.writeWithoutTransaction { _ = try? $0.checkpoint(.truncate) }
        try pool.close()
    }

    /// The `synchronous` setting of the connection that commits: 2 is FULL.
    package func effectiveSynchronous() async throws -> Int {
        try await pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") ?? -1 }
    }

    private func submit<T: Sendable>(
        _ body: @escaping @Sendable (SQLiteConnection) throws -> (T, [Change])
    ) async throws -> T {
        let result = ResultBox<T>()
        return try await withCheckedThrowingContinuation { continuation in
            let job = GroupCommitter.Job { connection in
                let (value, changes) = try body(connection)
                result.set(value)
                return changes
            } finish: { error in
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
