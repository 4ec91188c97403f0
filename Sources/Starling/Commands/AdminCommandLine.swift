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

    var path: String {
        dataDir ?? ProcessInfo.processInfo.environment[Setting.dataDir.environmentName] ?? "starling-data"
    }

    /// Runs `body` with a way to the data; failures become a sentence and exit code 1.
    /// - Parameter isFirst: whether it makes sense as the first command, where there is no data yet.
    func use<Result: Sendable>(
        isFirst: Bool = false, _ body: @Sendable (any AdminPort) async throws -> Result
    ) async throws -> Result {
        _ = Observability.start(level: .warning, format: .logfmt)
        return try await CommandFailure.explained {
            guard isFirst || DataDirectory.holdsStore(path) else {
                throw SettingsError("There is no community in \(path); name its folder with --data-dir.")
            }
            return try await AdminAccess.use(dataDirectory: path, body)
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
