import Core
import Logging
import SQL
import Synchronization
import TestServers
import Testing

/// What the operator is told of a server that may lose what it acknowledged.
@Suite(.timeLimit(.minutes(10))) struct StandbyWarningTests {
    /// Has the server take settings up, and meet its clients anew, as one does that is promoted.
    private func restart(_ server: PostgreSQLServer, synchronousCommit: String, standbys: String) throws {
        try server.query("ALTER SYSTEM SET synchronous_commit = '\(synchronousCommit)'")
        try server.query("ALTER SYSTEM SET synchronous_standby_names = '\(standbys)'")
        server.kill()
        try server.start()
    }

    @Test("a server that is met later and has no synchronous standby is told of, once")
    func told() async throws {
        let server = try PostgreSQLServer()
        let told = WarningCollector()
        let settings = try Server.settings(server)
        try restart(server, synchronousCommit: "local", standbys: "nobody")
        let database = try await PostgreSQLDatabase.open(
            settings, logger: Logger(label: "test") { _ in told })
        func count(_ text: String) -> Int { told.all.count { $0.contains(text) } }
        #expect(count("synchronous_commit=local") == 1 && count("no synchronous standby") == 0)
        try restart(server, synchronousCommit: "on", standbys: "")
        #expect(try await eventually { count("no synchronous standby") == 1 })
        try restart(server, synchronousCommit: "on", standbys: "")
        #expect(try await eventually { count("cannot be followed") >= 2 })
        #expect(try await eventually { database.cacheLease.isValid })
        #expect(count("no synchronous standby") == 1 && count("synchronous_commit=local") == 1)
        try await database.close()
    }
}

private final class WarningCollector: LogHandler {
    private let texts = Mutex<[String]>([])

    var all: [String] { texts.withLock { $0 } }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .warning }
        set {}
    }

    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) { texts.withLock { $0.append("\(event.message)") } }
}
