import Core
import Dispatch
import Logging
import Synchronization
import Telemetry

/// The `Database` port on PostgreSQL, through libpq: pools of connections for reads and for `write` closures, one that
/// commits fixed transactions in batches, and one that follows the log of all processes.
package final class PostgreSQLDatabase: Database {
    package let dialect = Dialect.postgreSQL
    package let settings: PostgreSQLSettings
    let log: ChangeLog
    let follower: ChangeFollower
    let readers: PostgreSQLPool
    private let replicas: PostgreSQLPool?
    private let writers: PostgreSQLPool
    private let committer: PostgreSQLCommitter
    private let isClosed = Atomic<Bool>(false)
    let confirmed = Mutex(ConfirmedHead())

    package var cacheLease: CacheLease { log.lease }
    package var nodeClaim: NodeClaim? { log.nodeClaim }
    package var position: Int64 { log.position }

    /// Connects, checks the server, makes what the driver keeps there, and claims a node number.
    /// - Throws: `SQLError` `.unavailable` where the server cannot be reached, `.other` where it is not fit.
    package static func open(_ settings: PostgreSQLSettings, logger: Logger) async throws -> PostgreSQLDatabase {
        if let replica = settings.replicaURL, !PostgreSQLConnection.isReadable(replica) {
            throw SQLError(.other, "the URL of the replica cannot be read")
        }
        let log = ChangeLog(lease: CacheLease())
        let follower = ChangeFollower(settings, log: log, logger: logger)
        try await follower.start()
        let database = PostgreSQLDatabase(settings, log: log, follower: follower)
        if let trouble = await database.replicaTrouble() {
            logger.warning(
                "the replica does not answer: the primary does, until it is back",
                metadata: [LogKey.error: "\(trouble)"])
        }
        return database
    }

    /// Why the replica cannot be asked; nil where it can, or where there is none.
    private func replicaTrouble() async -> (any Error)? {
        guard let replicas else { return nil }
        do {
            _ = try await replicas.run { try Self.snapshot($0) { try $0.integer("SELECT 1") } }
            return nil
        } catch {
            return error
        }
    }

    private init(_ settings: PostgreSQLSettings, log: ChangeLog, follower: ChangeFollower) {
        self.settings = settings
        self.log = log
        self.follower = follower
        readers = PostgreSQLPool(settings, for: .reading, size: settings.readerConnections, name: "readers")
        writers = PostgreSQLPool(settings, for: .writing, size: settings.writerConnections, name: "writers")
        replicas = settings.replicaURL.map { _ in
            PostgreSQLPool(settings, for: .readingReplica, size: settings.readerConnections, name: "replicas")
        }
        committer = PostgreSQLCommitter(settings, log: log)
    }

    package func observe(_ observer: any CommitObserver) {
        log.observers.append(observer)
    }

    package func read<T: Sendable>(_ body: @escaping @Sendable (any SQLReader) throws -> T) async throws -> T {
        try await readers.run { try Self.snapshot($0, body) }
    }

    package func readStale<T: Sendable>(_ body: @escaping @Sendable (any SQLReader) throws -> T) async throws -> T {
        if let replicas {
            do { return try await replicas.run { try Self.snapshot($0, body) } } catch let error as SQLError {
                guard error.code == .unavailable else { throw error }
            }
        }
        return try await read(body)
    }

    private static func snapshot<T>(
        _ worker: PostgreSQLWorker, _ body: (any SQLReader) throws -> T
    ) throws -> T {
        let timeout = worker.settings.statementTimeout + worker.settings.answerGrace
        let snapshot = PostgreSQLTransaction(.snapshot, on: try worker.connected(), answerTimeout: timeout)
        let result = Result { try body(snapshot) }
        try snapshot.leave()
        return try result.get()
    }

    package func write<T: Sendable>(_ body: @escaping @Sendable (any SQLWriter) throws -> T) async throws -> T {
        let log = log
        do {
            let (value, laggards) = try await writers.run { worker in
                let timeout = worker.settings.statementTimeout + worker.settings.answerGrace
                return try PostgreSQLWrite(log: log, answerTimeout: timeout).run(on: worker, body)
            }
            await waitFor(laggards)
            return value
        } catch let error where !(error is SQLError) {
            // Of what the closure refuses to do again, or finds gone.
            try await settle()
            throw error
        }
    }

    package func settle() async throws {
        let log = log
        let laggards = try await readers.run { worker in
            try log.settle(on: try worker.connected(), by: worker.deadline)
        }
        await waitFor(laggards)
    }

    package func writeExclusively<T: Sendable>(
        _ body: @escaping @Sendable (any SQLWriter) throws -> T
    ) async throws -> T {
        let log = log
        let (value, laggards) = try await writers.run { worker in
            try PostgreSQLExclusion.run(on: worker) {
                try PostgreSQLWrite(log: log, answerTimeout: PostgreSQLExclusion.timeMax).run(on: worker, body)
            }
        }
        follower.wake()
        await waitFor(laggards)
        return value
    }

    package func commit(_ statements: [Statement], announcing changes: [Change]) async throws -> [StatementResult] {
        let done = try await withCheckedThrowingContinuation { continuation in
            let commit = PostgreSQLCommit(statements: statements, changes: changes, since: .now) { result in
                continuation.resume(with: result)
            }
            do { try committer.submit(commit) } catch { continuation.resume(throwing: error) }
        }
        await waitFor(done.laggards)
        return done.results
    }

    package func checkWritable() async throws {
        _ = try await write { store in
            try store.execute(
                "CREATE TABLE IF NOT EXISTS write_check (id INTEGER PRIMARY KEY NOT NULL, checks BIGINT NOT NULL)", [])
            return try store.execute(
                """
                INSERT INTO write_check (id, checks) VALUES (1, 1)
                ON CONFLICT (id) DO UPDATE SET checks = write_check.checks + 1
                """, [])
        }
    }

    package func close() async throws {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        await committer.close()
        await writers.close()
        await readers.close()
        await replicas?.close()
        await follower.close()
    }
}
