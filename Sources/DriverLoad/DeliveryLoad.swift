import Accounts
import ArgumentParser
import Core
import Logging
import Redis
import SQL
import Timelines

#if canImport(Glibc)
    import Glibc
#endif

/// Brings posts into full home timelines in Redis as a fan-out does, and tells what a delivery takes of this process.
struct DeliveryLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "deliveries")

    @Option(help: "A migrated store of its own.") var databaseUrl: String
    @Option(help: "One that may be filled.") var redisUrl: String
    @Option(help: "Timelines, each with 800 entries at first.") var timelines = 3_000
    @Option(help: "Deliveries, all together.") var deliveries = 1_000_000
    @Option(help: "Followers of an author.") var followers = 1_000

    func run() async throws {
        let logger = Logger(label: "driver-load")
        let database = try await PostgreSQLDatabase.open(PostgreSQLSettings(url: databaseUrl), logger: logger)
        let redis = try await Redis.connect(redisUrl, logger: logger)
        try await fill(redis, database)
        let rows = try await PulledAuthorRows.followed(in: database, by: PulledAuthors(), logger: logger)
        let sink = SharedTimelineSink(
            redis: redis, database: database, pulled: rows,
            publisher: TimelineUpdatePublisher(redis: redis, logger: logger), bounds: TimelineBounds())
        let owners = (1...Int64(timelines)).shuffled()
        let (start, before) = (ContinuousClock.now, Self.processorSeconds)
        for post in 0..<(deliveries / followers) {
            let first = post * followers % max(1, timelines - followers + 1)
            _ = try await sink.deliver(Position(Self.position(1_000 + post)), to: owners[first..<first + followers])
            // As after a batch of events.
            if post % 64 == 63 { _ = try await sink.flush(through: Int64(post)) }
        }
        _ = try await sink.flush(through: Int64(deliveries))
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let count = Double(deliveries / followers * followers)
        print(
            #"{"per_second": \#(count / seconds), "microseconds": \#((Self.processorSeconds - before) / count * 1e6)}"#)
        try await database.close()
    }

    private func fill(_ redis: Redis, _ database: any Database) async throws {
        let generation = try await TimelineGeneration.followed(in: database)
        let shared = SharedTimelines(redis: redis, generation: generation, bounds: TimelineBounds())
        let entries = (0..<800).reversed().map { Position(Self.position($0)) }
        let timeline = Timeline(newestFirst: entries, isWhole: true, entriesMax: TimelineBounds().homeEntriesMax)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<32 {
                group.addTask {
                    for owner in stride(from: worker + 1, through: timelines, by: 32) {
                        _ = try await shared.timeline(of: ID(Int64(owner))) { timeline }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// One a second.
    private static func position(_ post: Int) -> Int64 { Int64(post + 1) * 1_009 << 22 }

    /// Processor time of this process.
    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
