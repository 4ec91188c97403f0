import Core
import SQL
import Synchronization
import TestServers
import TestSupport
import Testing

@testable import Timelines

/// Timelines in Redis, where masters change.
@Suite(.timeLimit(.minutes(10))) final class SharedTimelineTests: Sendable {
    private let first: RedisServer
    private let second: RedisServer
    private let database: SQLiteDatabase
    private let builds = Mutex(0)

    init() async throws {
        var options = RedisServer.Options()
        options.further = ["--repl-diskless-sync-delay", "0"]
        first = try await RedisServer(options)
        second = try await RedisServer(options)
        database = try SQLiteDatabase(path: TemporaryFolder().file("test.db"))
        try await Migrator([TimelineGeneration.migration]).migrate(database)
    }

    @Test("who gets the place of the master back has what the successor had, so its timelines are built again")
    func placeBack() async throws {
        let generation = try await TimelineGeneration.followed(in: database)
        try await withRedis(first.url) { redis in
            let timelines = SharedTimelines(redis: redis, generation: generation, bounds: TimelineBounds())
            try await read(timelines)
            try await read(timelines)
            #expect(builds.withLock(\.self) == 1)
            try await follow(second, first)
            // What the first is told from here on nobody else has.
            try second.command("REPLICAOF", "NO", "ONE")
            try await follow(first, second)
            try first.command("REPLICAOF", "NO", "ONE")
            try await read(timelines)
            #expect(builds.withLock(\.self) == 2)
        }
    }

    private func follow(_ replica: RedisServer, _ master: RedisServer) async throws {
        try replica.command("REPLICAOF", "127.0.0.1", String(master.port))
        try await eventually("it follows") {
            try replica.command("INFO", "replication").contains("master_link_status:up")
        }
    }

    private func read(_ timelines: SharedTimelines) async throws {
        let timeline = try await timelines.timeline(of: ID(1 << 12)) {
            builds.withLock { $0 += 1 }
            return Timeline(newestFirst: [Position(7 << 22)], isWhole: true, entriesMax: 10)
        }
        #expect(timeline.entries == [7 << 22])
    }
}
