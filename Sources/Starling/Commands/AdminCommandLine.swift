import ArgumentParser
import Foundation
import Logging
import Telemetry

/// The flag that says which community a command is about.
struct DataDirectoryOption: ParsableArguments {
    @Option(
        name: .customLong("data-dir"),
        help: "The folder of the database (default: STARLING_DATA_DIR, or starling-data).")
    var dataDir: String?

    @Option(
        name: .customLong("database-url"),
        help: "The PostgreSQL that holds the community instead (default: STARLING_DATABASE_URL, or none).")
    var databaseURL: String?

    @Option(
        name: .customLong("redis-url"),
        help: "The Redis that its timelines are in (default: STARLING_REDIS_URL, or none).")
    var redisURL: String?

    /// Where the community is kept.
    /// - Throws: `SettingsError`.
    func engines() throws -> EngineSettings {
        let environment = ProcessInfo.processInfo.environment
        return try EngineSettings(
            databaseURL: databaseURL ?? environment[Setting.databaseURL.environmentName],
            redisURL: redisURL ?? environment[Setting.redisURL.environmentName])
    }

    var path: String {
        dataDir ?? ProcessInfo.processInfo.environment[Setting.dataDir.environmentName] ?? "starling-data"
    }

    /// Runs `body` with a way to the data; failures become a sentence and exit code 1.
    /// - Parameters:
    ///   - isFirst: whether it makes sense as the first command, where there is no data yet.
    ///   - handlesEvents: whether it waits for the effects of events.
    func use<Result: Sendable>(
        isFirst: Bool = false, handlesEvents: Bool = false, _ body: @Sendable (any AdminPort) async throws -> Result
    ) async throws -> Result {
        _ = Observability.start(level: .warning, format: .logfmt)
        return try await CommandFailure.explained {
            let engines = try engines()
            var isThere = isFirst || engines.isShared || DataDirectory.holdsStore(path)
            // The server there may have its community elsewhere.
            if !isThere { isThere = try await AdminAccess.isServed(path) }
            guard isThere else {
                throw SettingsError("There is no community in \(path); name its folder with --data-dir.")
            }
            return try await AdminAccess.use(
                dataDirectory: path, engines: engines, handlesEvents: handlesEvents, body)
        }
    }
}

/// Turns errors into a sentence on standard error and an exit code.
enum CommandFailure {
    static let problemsFound = ExitCode(2)

    static func explained<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let code as ExitCode {
            throw code
        } catch {
            FileHandle.standardError.write(Data("starling: \(error)\n".utf8))
            throw ExitCode.failure
        }
    }
}
