import Core
import EventLog
import Foundation
import Logging
import Posts
import SQL
import ServiceLifecycle
import TestServers
import TestSupport
import Testing
import Timelines

@testable import Starling

/// What commands do to a community besides what they are asked.
@Suite("Access of commands")
struct AdminAccessTests {
    private static let logger = Logger(label: "command") { _ in SwiftLogNoOpLogHandler() }

    @Test("a command handles events, and leaves what removes things to the servers", arguments: [true, false])
    func services(isCommand: Bool) async throws {
        let folder = try TemporaryFolder()
        var settings = ServerSettings()
        settings.isCommand = isCommand
        let node = try await Node.opened(in: DataDirectory(folder.path), settings: settings, logger: Self.logger)
        #expect(node.services.contains { ($0 as? ConsumerRunner)?.consumer.group == "account-counters" })
        #expect(node.services.contains { $0 is OutboxRetention } != isCommand)
        #expect(node.services.contains { $0 is ScheduledPublishing } != isCommand)
        #expect(node.services.contains { $0 is EventLogMeasures } != isCommand)
        try await node.close()
    }

    private func plantLetters(_ groups: [String], in node: Node) async throws {
        try await node.database.write { store in
            for group in groups {
                try store.execute(
                    """
                    INSERT INTO dead_letters (consumer_group, event_offset, topic, kind, key, subject, object, position,
                        flags, list, occurred_at, reason, attempts, died_at)
                    VALUES ($1, 1, 4, 61, 1, 1, 1, 1, 0, NULL, 1, '', 1, 1)
                    """, [.text(group)])
            }
        }
    }

    @Test("a process without a role knows the role's groups for their dead letters", arguments: [true, false])
    func guests(handlesEvents: Bool) async throws {
        let folder = try TemporaryFolder()
        var settings = ServerSettings()
        settings.roles = handlesEvents ? [.upkeep, .notifications] : []
        let node = try await Node.opened(in: DataDirectory(folder.path), settings: settings, logger: Self.logger)
        #expect(node.services.contains { $0 is ConsumerRunner } == handlesEvents)
        try await plantLetters(["account-counters", "notifications", "fanout"], in: node)
        // There is no Redis here.
        #expect(try await node.eventLog.foreignDeadLetters() == ["fanout": 1])
        try await node.close()
    }

    @Test("so it does fan-out's, where Redis has the timelines", .enabled(if: ProfileMoveStage.hasServer))
    func fanOutGuest() async throws {
        let folder = try TemporaryFolder()
        var settings = ServerSettings()
        settings.engines.databaseURL = try PostgreSQLServer.shared().newDatabase()
        // Nobody listens there, which is no reason not to start.
        settings.engines.redisURL = "redis://127.0.0.1:1"
        settings.roles = [.upkeep]
        let node = try await Node.opened(in: DataDirectory(folder.path), settings: settings, logger: Self.logger)
        try await plantLetters(["notifications", "fanout", "unknown"], in: node)
        #expect(try await node.eventLog.foreignDeadLetters() == ["unknown": 1])
        try await node.close()
    }

    @Test("a server is found by its socket where its community is elsewhere; a folder that is asked for is not made")
    func served() async throws {
        let (store, place) = (try TemporaryFolder(), try TemporaryFolder())
        #expect(try await !AdminAccess.isServed(place.file("missing")))
        #expect(!FileManager.default.fileExists(atPath: place.file("missing")))
        let directory = try DataDirectory(place.path)
        #expect(try await !AdminAccess.isServed(place.path))
        let node = try await Node.opened(
            in: DataDirectory(store.path), settings: ServerSettings(), logger: Self.logger)
        let service = try AdminSocket.service(LocalAdmin(node), directory: directory, logger: Self.logger)
        let lock = try directory.lock()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            while try await !AdminAccess.isServed(place.path) { try await Task.sleep(for: .milliseconds(10)) }
            let reply = try await AdminAccess.use(dataDirectory: place.path, engines: EngineSettings()) {
                try await $0.perform(.status)
            }
            guard case .status = reply else { throw SettingsError("\(reply)") }
            group.cancelAll()
        }
        withExtendedLifetime(lock) {}
        #expect(!DataDirectory.holdsStore(place.path))
        try await node.close()
    }

    @Test(
        "beside PostgreSQL a command tells the servers and makes no folder",
        .enabled(if: ProfileMoveStage.hasServer))
    func shared() async throws {
        let folder = try TemporaryFolder()
        var settings = ServerSettings()
        settings.engines.databaseURL = try PostgreSQLServer.shared().newDatabase()
        settings.roles = [.upkeep]
        let engines = settings.engines
        func status() async throws -> AdminStatus {
            let reply = try await AdminAccess.use(
                dataDirectory: folder.file("none"), engines: engines, handlesEvents: false
            ) { try await $0.perform(.status) }
            guard case .status(let status) = reply else { throw SettingsError("\(reply)") }
            return status
        }
        #expect(try await status().others.isEmpty)
        let node = try await Node.opened(
            in: DataDirectory(folder.file("data")), settings: settings, logger: Self.logger)
        #expect(try await status().others.map(\.roles) == ["upkeep"])
        try await node.close()
        #expect(!FileManager.default.fileExists(atPath: folder.file("none")))
    }
}
