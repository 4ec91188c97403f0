import Accounts
import BlobStore
import Core
import Engagement
import EventLog
import Exports
import HTTPAPI
import KeyValue
import Logging
import Notifications
import Posts
import Redis
import SQL
import ServiceLifecycle
import SocialGraph
import Streaming
import Telemetry
import Timelines

/// One process of Starling, wired.
struct Node: Sendable {
    let database: any Database
    let ids: IDGenerator
    let eventLog: EventLog
    let api: APIServices
    let authority: TokenAuthority
    let home: HomeTimelines
    let users: UserTimelines
    let source: TimelineSource
    let timelines: TimelineEngine
    let redis: Redis?
    let blobs: (any BlobStore)?
    let clock: WallClock
    /// What runs as long as the process does.
    let services: [any Service]

    static let migrations =
        [
            Outbox.migration, Outbox.narrowKeys, IDGenerator.migration, WorkLease.migration,
            TimelineGeneration.migration,
            StoredRateLimiter.migration, ConsumerWatermarks.migration,
        ]
        + AccountSchema.migrations + GraphSchema.migrations + PostSchema.migrations + EngagementSchema.migrations
        + NotificationSchema.migrations + ExportSchema.migrations

    /// Opens the engines and wires everything on top.
    static func opened(
        in directory: DataDirectory, settings: ServerSettings, logger: Logger, clock: WallClock = .system
    ) async throws -> Node {
        let engines = try await Engines.opened(in: directory, settings: settings, logger: logger)
        return try await wired(on: engines, settings: settings, logger: logger, clock: clock)
    }

    static func wired(
        on engines: Engines, settings: ServerSettings, logger: Logger, clock: WallClock
    ) async throws -> Node {
        let database = engines.database
        let ids = try await IDGenerator.leased(from: database, node: engines.node, clock: clock)
        // The caches observe commits, so they come before anything that commits.
        let directory = AccountDirectory(database: database)
        let relations = RelationsCache(database: database, viewersMax: settings.relationsMax)
        let library = PostLibrary(database: database, bytesMax: settings.postCacheBytes)
        let marks = ViewerMarksCache(database: database)
        let source = TimelineSource(database: database, bounds: settings.timelineBounds)
        let users = UserTimelines(database: database, source: source)
        let home = HomeTimelines(timelinesMax: settings.homeTimelinesMax, clock: clock)
        database.observe(home)
        let pulled = PulledAuthors()
        let eventLog = EventLog(
            database: database, clock: clock, logger: logger,
            hasNeighbours: engines.leavesEvents || settings.engines.isShared && !settings.isCommand)
        let parts = TimelineEngine.Parts(
            database: database, eventLog: eventLog, directory: directory, home: home, users: users, pulled: pulled,
            caches: [directory, relations, library, users], settings: settings, clock: clock, logger: logger)
        let timelines =
            if let redis = engines.redis {
                try await TimelineEngine.shared(parts, redis: redis, engines: engines)
            } else if settings.roles.contains(.api) {
                try await TimelineEngine.memory(parts)
            } else {
                TimelineEngine.none
            }

        var accountSettings = AccountsSettings()
        accountSettings.accessTokenLifetime = settings.accessTokenLifetime
        let authority = try await TokenAuthority.opened(
            on: database, settings: accountSettings, clock: clock, logger: logger)
        let hasher = try PasswordHasher()
        let accounts = AccountService(
            database: database, ids: ids, hasher: hasher, authority: authority, clock: clock,
            deletionGrace: settings.deletionGrace, privacyObservers: [RequestsOfOpenedAccounts(clock: clock)])
        let activity = ActivityRecorder(accounts: accounts, clock: clock, logger: logger)
        let posts = PostService(
            database: database, directory: directory, relations: relations, library: library, marks: marks, ids: ids,
            clock: clock, locks: KeyLock())
        let authenticator = Authenticator(database: database, authority: authority, directory: directory)
        let feed = FeedReader(
            database: database, directory: directory, relations: relations, library: library, marks: marks, home: home,
            shared: timelines.shared, users: users, pulled: pulled, source: source, clock: clock,
            fanOutOffset: timelines.offset)
        let markers = MarkerService(database: database, clock: clock)
        let streams = StreamHub(
            database: database, directory: directory, relations: relations, library: library,
            authenticator: authenticator, feed: feed, markers: markers, clock: clock, logger: logger)
        var api = APIServices(
            accounts: accounts,
            sessions: SessionService(
                database: database, ids: ids, hasher: hasher, authority: authority, clock: clock, logger: logger),
            authenticator: authenticator,
            activity: activity, directory: directory, relations: relations,
            graph: GraphService(
                database: database, directory: directory, relations: relations, ids: ids, clock: clock),
            posts: posts,
            reactions: ReactionService(
                database: database, posts: posts, marks: marks, directory: directory, relations: relations, ids: ids,
                clock: clock),
            bookmarks: BookmarkService(database: database, posts: posts, marks: marks, ids: ids),
            feedback: FeedbackService(database: database, posts: posts, marks: marks, ids: ids),
            feed: feed, markers: markers,
            notifications: NotificationService(
                database: database, directory: directory, relations: relations, posts: posts, markers: markers),
            streams: streams, database: database)
        api.exports = engines.blobs.map {
            ExportService(database: database, blobs: $0, place: archivePlace(settings), clock: clock)
        }
        warnOfArchives(settings, logger: logger)
        var services = timelines.services + [authority, activity, library]
        services += try await run(
            upkeepConsumers(engines, clock: clock), of: .upkeep, engines, eventLog: eventLog, settings: settings,
            logger: logger)
        // What removes things is the servers' work: a command does not know their settings.
        if settings.roles.contains(.upkeep), !engines.leavesEvents, !settings.isCommand {
            services += upkeep(
                engines, eventLog: eventLog, posts: posts, authority: authority,
                erased: ErasedStores.all(home: home, shared: timelines.shared, settings: settings), settings: settings,
                clock: clock, logger: logger)
        }
        services += try await notifications(
            engines, eventLog: eventLog, settings: settings, clock: clock, logger: logger)
        if settings.roles.contains(.relay), let topics = engines.kafka {
            do { _ = try await database.confirmedHead() } catch let error as SQLError where error.code == .other {
                throw SettingsError("This process cannot be a relay: \(error.message)")
            }
            let lease = WorkLease("relay", holder: engines.holder, database: database, logger: logger)
            services += [
                lease, OutboxRelay(database: database, topics: topics, lease: lease, clock: clock, logger: logger),
            ]
        }
        return Node(
            database: database, ids: ids, eventLog: eventLog, api: api, authority: authority, home: home,
            users: users, source: source, timelines: timelines, redis: engines.redis, blobs: engines.blobs,
            clock: clock,
            services: services)
    }

    /// The removal of what expired or was deleted, and what is due. Several processes share it by leases.
    private static func upkeep(
        _ engines: Engines, eventLog: EventLog, posts: PostService, authority: TokenAuthority, erased: [ErasedStore],
        settings: ServerSettings, clock: WallClock, logger: Logger
    ) -> [any Service] {
        let database = engines.database
        let erasure = WorkLease("account-erasure", holder: engines.holder, database: database, logger: logger)
        let closing = WorkLease("poll-closing", holder: engines.holder, database: database, logger: logger)
        let publishing = WorkLease("scheduled-posts", holder: engines.holder, database: database, logger: logger)
        return [
            publishing, ScheduledPublishing(posts: posts, lease: publishing, clock: clock, logger: logger), closing,
            PollClosing(database: database, lease: closing, clock: clock, logger: logger), erasure,
            AccountErasure(
                database: database, steps: ErasedTables.steps(database.dialect, clock), stores: erased,
                lease: erasure, pause: settings.erasurePause, clock: clock, logger: logger),
            SessionPurge(database: database, authority: authority, clock: clock, logger: logger),
            OutboxRetention(
                database: database, retention: settings.eventRetention,
                waitingFor: engines.kafka == nil ? nil : OutboxRelay.group, clock: clock, logger: logger),
            EventLogMeasures(database: database, eventLog: eventLog, clock: clock, logger: logger),
            TagBackfill(database: database, clock: clock, logger: logger),
        ] + reconciliation(engines, clock: clock, logger: logger) + purges(database, posts, logger: logger)
            + exports(engines, settings: settings, clock: clock, logger: logger)
    }

    /// Gives the unused ids back and closes the store.
    func close() async throws {
        try await ids.release()
        await redis?.close()
        try await blobs?.close()
        try await database.close()
    }
}
