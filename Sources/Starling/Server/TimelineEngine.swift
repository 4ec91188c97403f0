import Accounts
import Core
import EventLog
import Logging
import Posts
import Redis
import SQL
import ServiceLifecycle
import SocialGraph
import Timelines

/// How posts get into home timelines, and how those are read: in this process's memory, or in Redis for many processes.
struct TimelineEngine: Sendable {
    /// Where Redis has the timelines.
    let shared: SharedHome?
    /// Everything up to this event log offset is in the timelines that are read here.
    let offset: @Sendable () -> Int64
    let services: [any Service]

    /// What fan-out needs besides timelines.
    struct Parts {
        let database: any Database
        let eventLog: EventLog
        let directory: AccountDirectory
        let home: HomeTimelines
        let users: UserTimelines
        let pulled: PulledAuthors
        let caches: [any CommitObserver]
        let settings: ServerSettings
        let clock: WallClock
        let logger: Logger

        func work(_ sink: any TimelineSink) -> FanOutWork {
            FanOutWork(
                database: database, directory: directory, followers: FollowerLists(database: database), sink: sink,
                policy: FanOutPolicy(pullThreshold: Int64(settings.pullThreshold)), clock: clock,
                bounds: settings.timelineBounds, caches: caches)
        }
    }

    /// Nobody reads timelines here.
    static let none = TimelineEngine(shared: nil, offset: { 0 }, services: [])

    /// Timelines live in this process, which follows the whole log.
    static func memory(_ parts: Parts) async throws -> TimelineEngine {
        let sink = MemoryTimelineSink(home: parts.home, users: parts.users, pulled: parts.pulled)
        let runner = parts.eventLog.add(FanOutConsumer(parts.work(sink)))
        try await runner.prepare()
        return TimelineEngine(shared: nil, offset: { runner.processed }, services: [runner])
    }

    /// Timelines live in Redis; processes that answer requests hold some of them in memory, too.
    static func shared(_ parts: Parts, redis: Redis, engines: Engines) async throws -> TimelineEngine {
        let database = parts.database
        let bounds = parts.settings.timelineBounds
        let generation = try await TimelineGeneration.followed(in: database)
        let rows = try await PulledAuthorRows.followed(in: database, by: parts.pulled, logger: parts.logger)
        let updates = TimelineUpdates(home: parts.home, database: database, logger: parts.logger)
        let follower = TimelineUpdateFollower(
            updates: updates, redis: redis, database: database, logger: parts.logger)
        var services: [any Service] = [rows]
        if parts.settings.roles.contains(.api) { services.append(follower) }
        if parts.settings.roles.contains(.fanout), !engines.leavesEvents {
            services += fanOut(parts, rows, redis: redis, engines: engines, bounds: bounds)
        } else {
            // Other processes drive it; its dead letters can be replayed here.
            let publisher = TimelineUpdatePublisher(redis: redis, logger: parts.logger)
            parts.eventLog.addGuest(fanOutConsumer(parts, rows, publisher, redis: redis, bounds: bounds))
        }
        let timelines = SharedTimelines(redis: redis, generation: generation, bounds: bounds)
        return TimelineEngine(
            shared: SharedHome(memory: parts.home, timelines: timelines, updates: updates),
            offset: { min(updates.through, rows.isCurrent ? database.position : 0) }, services: services)
    }

    private static func fanOutConsumer(
        _ parts: Parts, _ rows: PulledAuthorRows, _ publisher: TimelineUpdatePublisher, redis: Redis,
        bounds: TimelineBounds
    ) -> SharedFanOutConsumer {
        let sink = SharedTimelineSink(
            redis: redis, database: parts.database, pulled: rows, publisher: publisher, bounds: bounds)
        return SharedFanOutConsumer(parts.work(sink))
    }

    private static func fanOut(
        _ parts: Parts, _ rows: PulledAuthorRows, redis: Redis, engines: Engines, bounds: TimelineBounds
    ) -> [any Service] {
        let database = parts.database
        func consumer(_ publisher: TimelineUpdatePublisher) -> SharedFanOutConsumer {
            fanOutConsumer(parts, rows, publisher, redis: redis, bounds: bounds)
        }
        guard let topics = engines.kafka else {
            let lease = WorkLease(FanOutWork.group, holder: engines.holder, database: database, logger: parts.logger)
            let publisher = TimelineUpdatePublisher(
                redis: redis, logger: parts.logger, isActive: { lease.epoch != nil })
            return [lease, publisher, parts.eventLog.add(consumer(publisher), under: lease)]
        }
        // Partitions are shared by processes, and each tells how far all of them are.
        let publisher = TimelineUpdatePublisher(
            redis: redis, logger: parts.logger,
            allThrough: { try await EventLog.storedOffset(of: FanOutWork.group, in: database) })
        return [publisher, parts.eventLog.add(consumer(publisher), from: topics)]
    }
}
