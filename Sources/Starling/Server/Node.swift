import Accounts
import Core
import EventLog
import HTTPAPI
import KeyValue
import Logging
import Posts
import SQL
import ServiceLifecycle
import SocialGraph
import Telemetry
import Timelines

/// One process of Starling, wired: the only place that picks drivers.
struct Node: Sendable {
    let database: any Database
    let ids: IDGenerator
    let eventLog: EventLog
    let api: APIServices
    let authority: TokenAuthority
    let home: HomeTimelines
    let users: UserTimelines
    let source: TimelineSource
    let clock: WallClock
    /// What runs as long as the process does.
    let services: [any Service]

    static let migrations =
        [Outbox.migration, IDGenerator.migration] + AccountSchema.migrations + GraphSchema.migrations
        + PostSchema.migrations

    /// Opens the store, brings its schema up to date and wires everything on top.
    static func opened(
        in directory: DataDirectory, settings: ServerSettings, logger: Logger, clock: WallClock = .system
    ) async throws -> Node {
        let database: SQLiteDatabase
        do { database = try SQLiteDatabase(path: directory.database) } catch {
            throw SettingsError(
                "\(directory.database) cannot be opened (\(error)). Put a backup in its place, or choose another folder "
                    + "with --data-dir.")
        }
        let applied = try await Migrator(migrations).migrate(database)
        if !applied.isEmpty { logger.info("store migrated", metadata: ["steps": "\(applied.count)"]) }
        return try await wired(on: database, settings: settings, logger: logger, clock: clock)
    }

    static func wired(
        on database: any Database, settings: ServerSettings, logger: Logger, clock: WallClock
    ) async throws -> Node {
        let ids = try await IDGenerator.leased(from: database, node: 0, clock: clock)
        // The caches observe commits, so they come before anything that commits.
        let directory = AccountDirectory(database: database)
        let relations = RelationsCache(database: database)
        let library = PostLibrary(database: database, bytesMax: settings.postCacheBytes)
        let source = TimelineSource(database: database, bounds: settings.timelineBounds)
        let users = UserTimelines(database: database, source: source)
        let home = HomeTimelines(timelinesMax: settings.homeTimelinesMax, clock: clock)
        let pulled = PulledAuthors()
        let eventLog = EventLog(database: database, clock: clock, logger: logger)

        let fanOut = eventLog.add(
            FanOutConsumer(
                FanOutWork(
                    database: database, directory: directory, followers: FollowerLists(database: database),
                    sink: MemoryTimelineSink(home: home, users: users, pulled: pulled),
                    policy: FanOutPolicy(pullThreshold: Int64(settings.pullThreshold)), clock: clock,
                    bounds: settings.timelineBounds, caches: [directory, relations, library, users])))
        let runners =
            [fanOut] + [
                eventLog.add(AccountCountersConsumer()), eventLog.add(PostCountersConsumer()),
                eventLog.add(DeletedAccountsConsumer(clock: clock)),
            ]
        for runner in runners { try await runner.prepare() }

        var accountSettings = AccountsSettings()
        accountSettings.accessTokenLifetime = settings.accessTokenLifetime
        let authority = try await TokenAuthority.opened(
            on: database, settings: accountSettings, clock: clock, logger: logger)
        let hasher = try PasswordHasher()
        let accounts = AccountService(
            database: database, ids: ids, hasher: hasher, authority: authority, clock: clock,
            privacyObservers: [RequestsOfOpenedAccounts(clock: clock)])
        let activity = ActivityRecorder(accounts: accounts, clock: clock, logger: logger)
        let posts = PostService(
            database: database, directory: directory, relations: relations, library: library, ids: ids,
            clock: clock, locks: KeyLock())
        let api = APIServices(
            accounts: accounts,
            sessions: SessionService(
                database: database, ids: ids, hasher: hasher, authority: authority, clock: clock, logger: logger),
            authenticator: Authenticator(database: database, authority: authority, directory: directory),
            activity: activity, directory: directory, relations: relations,
            graph: GraphService(
                database: database, directory: directory, relations: relations, ids: ids, clock: clock),
            posts: posts,
            feed: FeedReader(
                database: database, directory: directory, relations: relations, library: library, home: home,
                users: users, pulled: pulled, source: source, clock: clock,
                fanOutOffset: { fanOut.processed }),
            database: database)
        let upkeep: [any Service] = [
            authority, activity, SessionPurge(database: database, authority: authority, clock: clock, logger: logger),
            OutboxRetention(
                database: database, retention: settings.eventRetention, clock: clock, logger: logger),
            IdempotencyPurge(posts: posts, logger: logger),
        ]
        return Node(
            database: database, ids: ids, eventLog: eventLog, api: api, authority: authority, home: home,
            users: users, source: source, clock: clock, services: runners + upkeep)
    }

    /// Gives the unused ids back and closes the store.
    func close() async throws {
        try await ids.release()
        try await database.close()
    }
}
