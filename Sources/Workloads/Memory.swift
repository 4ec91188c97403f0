import Accounts
import Core
import Engagement
import HTTPAPI
import KeyValue
import Logging
import Notifications
import Posts
import SQL
import SocialGraph
import Streaming
import Timelines

/// What a server keeps in memory of its store, and what works on that.
struct Memory: Sendable {
    private static let homeTimelinesMax = 50_000

    private let database: any Database
    private let clock: WallClock
    private let directory: AccountDirectory
    private let relations: RelationsCache
    private let library: PostLibrary
    private let marks: ViewerMarksCache
    private let source: TimelineSource
    private let users: UserTimelines
    private let home: HomeTimelines
    private let pulled = PulledAuthors()

    init(database: any Database, clock: WallClock) {
        self.database = database
        self.clock = clock
        directory = AccountDirectory(database: database)
        relations = RelationsCache(database: database)
        library = PostLibrary(database: database)
        marks = ViewerMarksCache(database: database)
        source = TimelineSource(database: database)
        users = UserTimelines(database: database, source: source)
        home = HomeTimelines(timelinesMax: Self.homeTimelinesMax, clock: clock)
    }

    func fanOut(pullThreshold: Int64) -> FanOutConsumer {
        FanOutConsumer(
            FanOutWork(
                database: database, directory: directory, followers: FollowerLists(database: database),
                sink: MemoryTimelineSink(home: home, users: users, pulled: pulled),
                policy: FanOutPolicy(pullThreshold: pullThreshold), clock: clock,
                caches: [directory, relations, library, users]))
    }

    func services(logger: Logger, fanOutOffset: @escaping @Sendable () -> Int64) async throws -> APIServices {
        let ids = try await IDGenerator.leased(from: database, node: 0, clock: clock)
        let hasher = try PasswordHasher()
        let authority = try await TokenAuthority.opened(
            on: database, settings: AccountsSettings(), clock: clock, logger: logger)
        let accounts = AccountService(
            database: database, ids: ids, hasher: hasher, authority: authority, clock: clock, privacyObservers: [])
        let posts = PostService(
            database: database, directory: directory, relations: relations, library: library, marks: marks, ids: ids,
            clock: clock, locks: KeyLock())
        let authenticator = Authenticator(database: database, authority: authority, directory: directory)
        let feed = FeedReader(
            database: database, directory: directory, relations: relations, library: library, marks: marks, home: home,
            users: users, pulled: pulled, source: source, clock: clock, fanOutOffset: fanOutOffset)
        let markers = MarkerService(database: database, clock: clock)
        return APIServices(
            accounts: accounts,
            sessions: SessionService(
                database: database, ids: ids, hasher: hasher, authority: authority, clock: clock, logger: logger),
            authenticator: authenticator,
            activity: ActivityRecorder(accounts: accounts, clock: clock, logger: logger), directory: directory,
            relations: relations,
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
            streams: StreamHub(
                database: database, directory: directory, relations: relations, library: library,
                authenticator: authenticator, feed: feed, markers: markers, clock: clock, logger: logger),
            database: database)
    }
}
