import Accounts
import Core
import Logging
import Redis
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

    @Test("what is delivered late, below the floor, does not make a timeline seem complete down there")
    func late() async throws {
        let owner = ID<Account>(1 << 12)
        let generation = try await TimelineGeneration.followed(in: database)
        let bounds = TimelineBounds(homeEntriesMax: 16)
        // The timeline is complete from 25 on; fan-out comes to what lies below only now, and brings it past its bound.
        let newest = (25...30).reversed().map(Self.position)
        try await withRedis(first.url) { redis in
            let timelines = SharedTimelines(redis: redis, generation: generation, bounds: bounds)
            let sink = try await sink(redis, bounds)
            _ = try await timelines.timeline(of: owner) {
                Timeline(newestFirst: newest, isWhole: false, entriesMax: bounds.homeEntriesMax)
            }
            for post in 10..<24 { _ = try await sink.deliver(Self.position(post), to: [owner.rawValue]) }
            _ = try await sink.flush(through: 1)
            let timeline = try await timelines.timeline(of: owner) { throw Rebuilt() }
            #expect(timeline.floor == Self.position(25))
            #expect(timeline.entries == newest.reversed().map(\.rawValue))
        }
    }

    @Test("of a timeline that is forgotten nothing is left in Redis")
    func forgotten() async throws {
        let owner = ID<Account>(77 << 12)
        let generation = try await TimelineGeneration.followed(in: database)
        try await withRedis(first.url) { redis in
            let timelines = SharedTimelines(redis: redis, generation: generation, bounds: TimelineBounds())
            #expect(try await timelines.forget(owner) == 0)
            _ = try await timelines.timeline(of: owner) {
                Timeline(newestFirst: [Position(9 << 22), Position(7 << 22)], isWhole: true, entriesMax: 10)
            }
            #expect(try first.command("KEYS", "*").contains(owner.description))
            #expect(try await timelines.forget(owner) == 2)
            #expect(try !first.command("KEYS", "*").contains(owner.description))
        }
    }

    private struct Rebuilt: Error {}

    /// Of a millisecond that makes a delivery look how long the timeline is.
    private static func position(_ post: Int) -> Position { Position(Int64(post) * 10 << 22) }

    private func sink(_ redis: Redis, _ bounds: TimelineBounds) async throws -> SharedTimelineSink {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return SharedTimelineSink(
            redis: redis, database: database,
            pulled: try await PulledAuthorRows.followed(in: database, by: PulledAuthors(), logger: logger),
            publisher: TimelineUpdatePublisher(redis: redis, logger: logger), bounds: bounds)
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
