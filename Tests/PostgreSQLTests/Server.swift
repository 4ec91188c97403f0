import Core
import Logging
import SQL
import Synchronization
import TestServers
import TestSupport
import Testing

/// Stores on a real server.
enum Server {
    static func settings(_ server: PostgreSQLServer? = nil) throws -> PostgreSQLSettings {
        PostgreSQLSettings(url: try (server ?? .shared()).newDatabase())
    }

    static func open(_ settings: PostgreSQLSettings) async throws -> PostgreSQLDatabase {
        try await PostgreSQLDatabase.open(settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Stops a process from following the others while it still answers from memory.
    static func holdWhileTrusted(_ process: PostgreSQLDatabase) async throws {
        // A busy disk may keep the renewal, and the hold, for longer than the lease.
        let isHeld = try await eventually {
            await process.holdFollower(true)
            if process.cacheLease.isValid { return true }
            await process.holdFollower(false)
            return false
        }
        #expect(isHeld)
    }

    /// Opens processes on one new store, each with memory of its own.
    static func withProcesses(
        _ count: Int, on server: PostgreSQLServer? = nil, _ adjust: (inout PostgreSQLSettings) -> Void = { _ in },
        _ body: ([PostgreSQLDatabase]) async throws -> Void
    ) async throws {
        var settings = try settings(server)
        adjust(&settings)
        var processes: [PostgreSQLDatabase] = []
        for _ in 0..<count { processes.append(try await open(settings)) }
        do { try await body(processes) } catch {
            for process in processes { try await process.close() }
            throw error
        }
        for process in processes { try await process.close() }
    }
}

/// What a process was told.
final class Recorder: CommitObserver {
    private let seen = Mutex<[Change]>([])

    var changes: [Change] { seen.withLock { $0 } }

    func committed(_ changes: [Change]) {
        seen.withLock { $0 += changes }
    }
}

/// Waits until something holds.
func eventually(within time: Duration = .seconds(60), _ condition: () async throws -> Bool) async throws -> Bool {
    let end = ContinuousClock.now.advanced(by: time)
    while ContinuousClock.now < end {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(5))
    }
    return false
}
