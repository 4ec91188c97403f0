import Accounts
import Foundation
import HTTPAPI
import HTTPClient
import Logging
import ServiceLifecycle

/// Sends admin commands to the server that owns the data directory.
struct RemoteAdmin: AdminPort {
    private let client: HTTPClient

    init(socket: String) {
        client = HTTPClient(.unixDomainSocket(path: socket), bodySizeMax: AdminSocket.commandBytesMax)
    }

    func perform(_ command: AdminCommand) async throws -> AdminReply {
        let body = try JSONEncoder().encode(command)
        let request = HTTPClientRequest(
            method: "POST", path: AdminSocket.path, headers: [("Content-Type", "application/json")],
            body: Array(body))
        // A check or a drain of a large store takes minutes.
        let response = try await client.send(request, timeout: .seconds(3600))
        guard response.status == 200 else {
            throw SettingsError("The running server answered \(response.status) to an admin command.")
        }
        return try JSONDecoder().decode(AdminReply.self, from: Data(response.body))
    }

    /// Whether a server listens.
    func isServed() async throws -> Bool {
        do { _ = try await client.send(HTTPClientRequest(path: AdminSocket.path)) } catch let error as HTTPClientError {
            guard error.code == .connectFailed else { throw error }
            return false
        }
        return true
    }
}

/// Gives commands a way to the data: through the running server, or by owning the data directory for their duration.
enum AdminAccess {
    private static let patience: Duration = .seconds(10)

    /// - Parameter handlesEvents: whether `body` waits for the effects of events, so that somebody has to handle them.
    static func use<Result: Sendable>(
        dataDirectory path: String, engines: EngineSettings, handlesEvents: Bool = true,
        _ body: @Sendable (any AdminPort) async throws -> Result
    ) async throws -> Result {
        let settings = settings(path, engines, handlesEvents: handlesEvents)
        let hadFolder = FileManager.default.fileExists(atPath: path)
        // Where everything is in a store elsewhere, a folder would only be left behind.
        if engines.isShared, !hadFolder {
            let directory = DataDirectory(unmade: path)
            do { return try await useLocally(directory, settings, body) } catch let failure as Failure {
                throw failure.cause
            }
        }
        let directory = try DataDirectory(path)
        guard let lock = try await lock(unlessServed: directory) else {
            return try await body(RemoteAdmin(socket: directory.adminSocket))
        }
        defer { withExtendedLifetime(lock) {} }
        let isNew = !engines.isShared && !DataDirectory.holdsStore(path)
        do { return try await useLocally(directory, settings, body) } catch let failure as Failure {
            if isNew, failure.leavesNothing { try directory.removeStore(withFolder: !hadFolder) }
            throw failure.cause
        }
    }

    /// Whether a server that takes commands owns the folder, which is not touched.
    static func isServed(_ path: String) async throws -> Bool {
        let directory = DataDirectory(unmade: path)
        guard FileManager.default.fileExists(atPath: directory.adminSocket) else { return false }
        return try await RemoteAdmin(socket: directory.adminSocket).isServed()
    }

    private static func settings(_ path: String, _ engines: EngineSettings, handlesEvents: Bool) -> ServerSettings {
        var settings = ServerSettings()
        settings.dataDirectory = path
        settings.engines = engines
        settings.isCommand = true
        // Beside the servers that use the store, it does what they would, so that a command can wait for it.
        if engines.isShared {
            settings.roles = handlesEvents ? [.upkeep, .notifications] : []
            if handlesEvents, engines.redisURL != nil { settings.roles.insert(.fanout) }
        }
        return settings
    }

    /// A command that failed.
    private struct Failure: Error {
        let cause: any Error
        /// Whether there is nobody in the store.
        let leavesNothing: Bool
    }

    /// Waits a while for another command, or for a server that is starting or stopping.
    /// - Returns: nil where a server takes commands.
    private static func lock(unlessServed directory: DataDirectory) async throws -> DataDirectoryLock? {
        let giveUp = ContinuousClock.now + patience
        while true {
            do { return try directory.lock() } catch is DataDirectory.InUse {
                if try await RemoteAdmin(socket: directory.adminSocket).isServed() { return nil }
                guard ContinuousClock.now < giveUp else {
                    throw SettingsError("Another command works on \(directory.path). Try again when it is done.")
                }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// Runs the node's services around `body`.
    /// - Throws: `Failure` with what `body` throws, once the store is closed.
    private static func useLocally<Result: Sendable>(
        _ directory: DataDirectory, _ settings: ServerSettings,
        _ body: @Sendable (any AdminPort) async throws -> Result
    ) async throws -> Result {
        let logger = Logger(label: "starling")
        let node = try await Node.opened(in: directory, settings: settings, logger: logger)
        let group = ServiceGroup(configuration: .init(services: node.services, logger: logger))
        let outcome = try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let outcome: Swift.Result<Result, any Error>
            do { outcome = .success(try await body(LocalAdmin(node))) } catch { outcome = .failure(error) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return outcome
        }
        switch outcome {
        case .success(let result):
            try await node.close()
            return result
        case .failure(let cause):
            let leavesNothing = try await node.api.accounts.isEmpty()
            try await node.close()
            throw Failure(cause: cause, leavesNothing: leavesNothing)
        }
    }
}
