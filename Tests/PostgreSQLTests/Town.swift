import Accounts
import Core
import Engagement
import EventLog
import Exports
import KeyValue
import Logging
import Notifications
import Posts
import SQL
import SocialGraph
import TestSupport
import Timelines

/// The features, wired on one store as the executable wires them.
struct Town: Sendable {
    let database: any Database
    let clock: WallClock
    let time: TestClock
    let accounts: AccountService
    let sessions: SessionService
    let authenticator: Authenticator
    let directory: AccountDirectory
    let graph: GraphService
    let posts: PostService
    let reactions: ReactionService
    let notifications: NotificationService
    let feed: FeedReader
    let home: HomeTimelines
    let eventLog: EventLog
    let authority: TokenAuthority
    private let runners: [ConsumerRunner]

    static let logger = Logger(label: "town") { _ in SwiftLogNoOpLogHandler() }

    /// Runs `body` while the consumers are at work, then closes the store.
    static func run(on database: any Database, _ body: @Sendable (Town) async throws -> Void) async throws {
        let town = try await Town(database)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for runner in town.runners { group.addTask { try await runner.run() } }
            try await body(town)
            group.cancelAll()
        }
        try await database.close()
    }

    private init(_ database: any Database) async throws {
        let features =
            AccountSchema.migrations + GraphSchema.migrations + PostSchema.migrations + EngagementSchema.migrations
            + NotificationSchema.migrations + ExportSchema.migrations
        try await Migrator(
            [Outbox.migration, Outbox.narrowKeys, IDGenerator.migration, ConsumerWatermarks.migration] + features
        ).migrate(
            database)
        self.database = database
        let time = TestClock()
        self.time = time
        clock = WallClock {
            time.step(1)
            return time.now
        }
        let ids = try await IDGenerator.leased(from: database, node: database.nodeClaim?.node ?? 0, clock: clock)
        directory = AccountDirectory(database: database)
        let relations = RelationsCache(database: database)
        let library = PostLibrary(database: database)
        let marks = ViewerMarksCache(database: database)
        let source = TimelineSource(database: database)
        let users = UserTimelines(database: database, source: source)
        let pulled = PulledAuthors()
        home = HomeTimelines(timelinesMax: 100, clock: clock)
        eventLog = EventLog(database: database, clock: clock, logger: Self.logger)
        let fanOut = eventLog.add(
            FanOutConsumer(
                FanOutWork(
                    database: database, directory: directory, followers: FollowerLists(database: database),
                    sink: MemoryTimelineSink(home: home, users: users, pulled: pulled),
                    policy: FanOutPolicy(pullThreshold: 1_000), clock: clock,
                    caches: [directory, relations, library, users])))
        let others: [any EventConsumer] = [
            AccountCountersConsumer(), PostCountersConsumer(dialect: database.dialect),
            DeletedAccountsConsumer(clock: clock),
            ReactionCountersConsumer(dialect: database.dialect),
            EngagementDeletionConsumer(dialect: database.dialect, clock: clock), PostStatsConsumer(),
            NotificationsConsumer(dialect: database.dialect, clock: clock),
        ]
        runners = [fanOut] + others.map { [eventLog] in eventLog.add($0) }
        for runner in runners { try await runner.prepare() }

        let hasher = try PasswordHasher(cost: .init(memoryKiB: 8, passes: 1))
        authority = try await TokenAuthority.opened(
            on: database, settings: AccountsSettings(), clock: clock, logger: Self.logger)
        accounts = AccountService(
            database: database, ids: ids, hasher: hasher, authority: authority, clock: clock,
            privacyObservers: [RequestsOfOpenedAccounts(clock: clock)])
        sessions = SessionService(
            database: database, ids: ids, hasher: hasher, authority: authority, clock: clock, logger: Self.logger)
        authenticator = Authenticator(database: database, authority: authority, directory: directory)
        graph = GraphService(
            database: database, directory: directory, relations: relations, ids: ids, clock: clock)
        posts = PostService(
            database: database, directory: directory, relations: relations, library: library, marks: marks, ids: ids,
            clock: clock,
            locks: KeyLock())
        reactions = ReactionService(
            database: database, posts: posts, marks: marks, directory: directory, relations: relations, ids: ids,
            clock: clock)
        notifications = NotificationService(
            database: database, directory: directory, relations: relations, posts: posts,
            markers: MarkerService(database: database, clock: clock))
        feed = FeedReader(
            database: database, directory: directory, relations: relations, library: library, marks: marks, home: home,
            users: users, pulled: pulled, source: source, clock: clock, fanOutOffset: { fanOut.processed })
    }
}
