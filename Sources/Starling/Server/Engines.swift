import Core
import Logging
import Redis
import SQL
import ServiceLifecycle

/// The engines a process works with, opened: the only place that picks drivers.
struct Engines: Sendable {
    let database: any Database
    /// The number under which this process issues ids.
    let node: Int
    /// Names this process, and no other that ever ran.
    let holder: String
    let redis: Redis?
    /// What keeps the engines and this process in step.
    let services: [any Service]

    /// A store that is open already, and nothing else.
    static func only(_ database: any Database) -> Engines {
        Engines(database: database, node: 0, holder: "embedded", redis: nil, services: [])
    }

    /// Opens the store, brings its schema up to date, and connects to the others.
    static func opened(
        in directory: DataDirectory, settings: ServerSettings, logger: Logger
    ) async throws -> Engines {
        guard let url = settings.engines.databaseURL else { return try await embedded(directory, logger) }
        return try await distributed(url, settings, logger)
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

    private static func migrate(_ database: any Database, _ logger: Logger) async throws {
        let applied = try await Migrator(Node.migrations).migrate(database)
        if !applied.isEmpty { logger.info("store migrated", metadata: ["steps": "\(applied.count)"]) }
    }
}
