import Accounts
import BlobStore
import Core
import Engagement
import EventLog
import Exports
import Foundation
import KeyValue
import Logging
import Notifications
import Posts
import SQL
import SocialGraph
import Streaming
import Telemetry
import Testing
import Timelines

@testable import HTTPAPI

/// The whole server in this process, wired as the executable wires it, on a database in a temporary folder and without
/// a network. Every answer it gives is held against the OpenAPI document.
struct TestServer: Sendable {
    let database: SQLiteDatabase
    let clock: ManualClock
    let eventLog: EventLog
    let home: HomeTimelines
    let locks: KeyLock<IdempotencyKey>
    let authority: TokenAuthority
    let services: APIServices
    /// Does what was asked for when it is told to.
    let exportWork: ExportWork
    let blobs: FolderBlobStore
    let readiness: Readiness
    let api: API
    let contract: Contract
    /// Nil where requests are limited, for asking twice would be charged twice; and where pages of other origins are told of
    /// themselves, which answers are only at the edge.
    let mirror: FrontMirror?
    private let runners: [ConsumerRunner]

    static let metricsToken = "let me read"
    private static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    struct Options: Sendable {
        var limits: RateLimits = {
            var limits = RateLimits()
            limits.isEnabled = false
            return limits
        }()
        var pullThreshold: Int64 = 10_000
        var deletionGrace: Duration = .seconds(14 * 86_400)
        var feedbackRowsMax = Limits.feedbackRowsMax
        var allowedOrigins = AllowedOrigins.own
        var streams: StreamSettings = {
            var settings = StreamSettings()
            settings.tick = .milliseconds(20)
            return settings
        }()
    }

    /// Runs `body` against a server whose consumers are at work, and takes everything down afterwards.
    static func run(
        _ options: Options = Options(), _ body: @Sendable (TestServer) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "starling-http-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let server = try await TestServer(folder: folder, options)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for runner in server.runners { group.addTask { try await runner.run() } }
            group.addTask { try await server.services.streams.run() }
            try await body(server)
            group.cancelAll()
        }
        try await server.database.close()
    }

    /// Erases the accounts whose grace period is over, and waits until that has had its effect.
    func eraseDue() async throws {
        let steps =
            AccountSchema.erasure + EngagementSchema.erasure(.sqlite, clock.wall) + PostSchema.erasure(clock.wall)
            + GraphSchema.erasure(clock.wall) + ExportSchema.erasure(clock.wall)
        let erasure = AccountErasure(database: database, steps: steps, clock: clock.wall, logger: Self.logger)
        try await erasure.eraseDue()
        try await drained()
    }

    /// Waits until every event has had its effect.
    func drained() async throws {
        try await eventLog.drained()
    }

    private init(folder: URL, _ options: Options) async throws {
        database = try SQLiteDatabase(path: folder.appending(path: "test.db").path)
        let migrations =
            AccountSchema.migrations + GraphSchema.migrations + PostSchema.migrations + EngagementSchema.migrations
            + NotificationSchema.migrations + ExportSchema.migrations
        try await Migrator(
            [Outbox.migration, Outbox.narrowKeys, IDGenerator.migration, ConsumerWatermarks.migration] + migrations
        )
        .migrate(database)
        clock = ManualClock()
        let wall = clock.wall
        let ids = try await IDGenerator.leased(from: database, node: 0, clock: wall)
        let directory = AccountDirectory(database: database)
        let relations = RelationsCache(database: database)
        let library = PostLibrary(database: database)
        let marks = ViewerMarksCache(database: database)
        let source = TimelineSource(database: database)
        let users = UserTimelines(database: database, source: source)
        home = HomeTimelines(timelinesMax: 1_000, clock: wall)
        database.observe(home)
        let pulled = PulledAuthors()
        eventLog = EventLog(database: database, clock: wall, logger: Self.logger)
        let fanOut = eventLog.add(
            FanOutConsumer(
                FanOutWork(
                    database: database, directory: directory, followers: FollowerLists(database: database),
                    sink: MemoryTimelineSink(home: home, users: users, pulled: pulled),
                    policy: FanOutPolicy(pullThreshold: options.pullThreshold),
                    clock: wall, caches: [directory, relations, library, users])))
        runners =
            [fanOut] + [
                eventLog.add(AccountCountersConsumer()), eventLog.add(PostCountersConsumer()),
                eventLog.add(DeletedAccountsConsumer(clock: wall)), eventLog.add(ReactionCountersConsumer()),
                eventLog.add(EngagementDeletionConsumer(clock: wall)), eventLog.add(NotificationsConsumer(clock: wall)),
                eventLog.add(PostStatsConsumer()),
            ]
        for runner in runners { try await runner.prepare() }

        let hasher = try PasswordHasher(cost: .init(memoryKiB: 8, passes: 1))
        authority = try await TokenAuthority.opened(
            on: database, settings: AccountsSettings(), clock: wall, logger: Self.logger)
        let accounts = AccountService(
            database: database, ids: ids, hasher: hasher, authority: authority, clock: wall,
            deletionGrace: options.deletionGrace, privacyObservers: [RequestsOfOpenedAccounts(clock: wall)])
        locks = KeyLock()
        let posts = PostService(
            database: database, directory: directory, relations: relations, library: library, marks: marks, ids: ids,
            clock: wall, locks: locks)
        let authenticator = Authenticator(database: database, authority: authority, directory: directory)
        let feed = FeedReader(
            database: database, directory: directory, relations: relations, library: library, marks: marks, home: home,
            users: users, pulled: pulled, source: source, clock: wall, fanOutOffset: { fanOut.processed })
        let markers = MarkerService(database: database, clock: wall)
        var services = APIServices(
            accounts: accounts,
            sessions: SessionService(
                database: database, ids: ids, hasher: hasher, authority: authority, clock: wall,
                logger: Self.logger),
            authenticator: authenticator,
            activity: ActivityRecorder(accounts: accounts, clock: wall, logger: Self.logger), directory: directory,
            relations: relations,
            graph: GraphService(
                database: database, directory: directory, relations: relations, ids: ids, clock: wall),
            posts: posts,
            reactions: ReactionService(
                database: database, posts: posts, marks: marks, directory: directory, relations: relations, ids: ids,
                clock: wall),
            bookmarks: BookmarkService(database: database, posts: posts, marks: marks, ids: ids),
            feedback: FeedbackService(
                database: database, posts: posts, marks: marks, ids: ids, rowsMax: options.feedbackRowsMax),
            feed: feed, markers: markers,
            notifications: NotificationService(
                database: database, directory: directory, relations: relations, posts: posts, markers: markers),
            streams: StreamHub(
                database: database, directory: directory, relations: relations, library: library,
                authenticator: authenticator, feed: feed, markers: markers, settings: options.streams, clock: wall,
                logger: Self.logger),
            database: database)
        blobs = try FolderBlobStore(path: folder.appending(path: "media").path)
        services.allowedOrigins = options.allowedOrigins
        services.exports = ExportService(database: database, blobs: blobs, clock: wall)
        exportWork = ExportWork(
            database: database, blobs: blobs, lifetime: .seconds(7 * 86_400), clock: wall, logger: Self.logger)
        self.services = services
        readiness = Readiness(database: database, logger: Self.logger)
        readiness.startServing()
        api = API(
            services: services,
            operations: OperationsRoutes(
                readiness: readiness, metrics: MetricsRegistry(), metricsToken: Self.metricsToken),
            limits: options.limits, limiter: MemoryRateLimiter(), logger: Self.logger)
        contract = try await Contract(api)
        let isMirrored = !options.limits.isEnabled && options.allowedOrigins.isEmpty
        mirror = isMirrored ? FrontMirror(api, clock: wall) : nil
    }
}
