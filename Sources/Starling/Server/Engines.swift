import BlobStore
import Core
import EventLog
import Foundation
import Logging
import Redis
import SQL

/// The engines a process works with, opened: the only place that picks drivers.
struct Engines: Sendable {
    let database: any Database
    /// The number under which this process issues ids.
    let node: Int
    /// Names this process, and no other that ever ran.
    let holder: String
    let redis: Redis?
    /// Where consumer groups read events from Kafka.
    let kafka: KafkaTopics?
    /// Where archives lie; nil for commands, which make none.
    var blobs: (any BlobStore)?
    /// Events are left to other processes, which read them from Kafka.
    var leavesEvents = false

    /// A store that is open already, and nothing else.
    static func only(_ database: any Database) -> Engines {
        Engines(database: database, node: 0, holder: "embedded", redis: nil, kafka: nil)
    }

    /// Opens the store, brings its schema up to date, and connects to the others.
    static func opened(
        in directory: DataDirectory, settings: ServerSettings, logger: Logger
    ) async throws -> Engines {
        let blobs = settings.isCommand ? nil : try blobs(directory, settings.engines)
        var engines =
            if let url = settings.engines.databaseURL { try await distributed(url, settings, logger) } else {
                try await embedded(directory, logger)
            }
        engines.blobs = blobs
        return engines
    }

    private static func blobs(_ directory: DataDirectory, _ settings: EngineSettings) throws -> any BlobStore {
        guard let url = settings.mediaURL else { return try FolderBlobStore(path: directory.media) }
        guard let credentials = S3Credentials(environment: ProcessInfo.processInfo.environment) else {
            throw SettingsError("media-url needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment.")
        }
        return S3BlobStore(location: try S3Location(url), credentials: credentials)
    }

    private static func embedded(_ directory: DataDirectory, _ logger: Logger) async throws -> Engines {
        let database: SQLiteDatabase
        do { database = try SQLiteDatabase(path: directory.database) } catch {
            throw SettingsError(
                "\(directory.database) cannot be opened (\(error)). Put a backup in its place, or choose another folder "
                    + "with --data-dir.")
        }
        try await migrate(database, logger)
        return only(database)
    }

    private static func distributed(
        _ url: String, _ settings: ServerSettings, _ logger: Logger
    ) async throws -> Engines {
        var store = PostgreSQLSettings(url: url)
        store.replicaURL = settings.engines.databaseReplicaURL
        store.readerConnections = settings.engines.databaseConnections
        store.acceptsUnsafeServer = settings.engines.acceptsUnsafeStore
        // Whoever keeps the process running starts it again, with nothing in memory.
        store.onHistoryLost = { exit(EX_TEMPFAIL) }
        store.roles = Neighbours.description(of: settings)
        let database: PostgreSQLDatabase
        do { database = try await PostgreSQLDatabase.open(store, logger: logger) } catch {
            throw SettingsError("The store at database-url cannot be used: \(error).")
        }
        do {
            try await MoveRecord.refuseUnfinished(in: database)
            try await migrate(database, logger)
            try await Neighbours(database).refuse(settings)
            guard let claim = database.nodeClaim else {
                throw SettingsError("This process has no node number; try again in some seconds.")
            }
            var redis: Redis?
            if let url = settings.engines.redisURL { redis = try await connected(url, logger) }
            for warning in settings.engines.warnings { logger.warning("\(warning)") }
            let kafka = try settings.engines.kafkaTopics(retention: settings.eventRetention)
            return Engines(
                database: database, node: claim.node, holder: claim.holder, redis: redis, kafka: kafka,
                leavesEvents: kafka == nil ? try await Neighbours(database).readFromKafka(besides: settings) : false)
        } catch {
            try await database.close()
            throw error
        }
    }

    /// Redis may be down when a process starts, as it may be later; then the store answers.
    private static func connected(_ url: String, _ logger: Logger) async throws -> Redis {
        do {
            return try await Redis.connect(url, waits: false, logger: logger)
        } catch let error as RedisError {
            throw SettingsError("redis-url cannot be used: \(error.detail).")
        }
    }

    private static func migrate(_ database: any Database, _ logger: Logger) async throws {
        let applied = try await Migrator(Node.migrations).migrate(database)
        if !applied.isEmpty { logger.info("store migrated", metadata: ["steps": "\(applied.count)"]) }
    }
}
