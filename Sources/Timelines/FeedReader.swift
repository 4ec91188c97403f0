import Accounts
import Core
import EventLog
import KeyValue
import Metrics
import Posts
import SQL
import SocialGraph
import Telemetry

/// Reads home feeds: skeleton, hydration, filter.
///
/// The skeleton is the viewer's home timeline merged with the user timelines of the viewer and of pulled authors; below
/// the highest floor among them the store goes on, to the very first post.
package struct FeedReader: Sendable {
    let database: any Database
    let directory: AccountDirectory
    let relations: RelationsCache
    let library: PostLibrary
    let marks: ViewerMarksCache
    let home: HomeTimelines
    /// Where timelines are in Redis and `home` holds some of them.
    let shared: SharedHome?
    let users: UserTimelines
    let pulled: PulledAuthors
    let source: TimelineSource
    let clock: WallClock
    /// The event log offset that fan-out has reached.
    let fanOutOffset: @Sendable () -> Int64
    let timings = FeedTimings()

    package init(
        database: any Database, directory: AccountDirectory, relations: RelationsCache, library: PostLibrary,
        marks: ViewerMarksCache, home: HomeTimelines, shared: SharedHome? = nil, users: UserTimelines,
        pulled: PulledAuthors,
        source: TimelineSource, clock: WallClock,
        fanOutOffset: @escaping @Sendable () -> Int64
    ) {
        self.database = database
        self.directory = directory
        self.relations = relations
        self.library = library
        self.marks = marks
        self.home = home
        self.shared = shared
        self.users = users
        self.pulled = pulled
        self.source = source
        self.clock = clock
        self.fanOutOffset = fanOutOffset
    }

    /// Everything up to this event log offset is in the feeds that are read from now on.
    package var reached: Int64 { fanOutOffset() }

    /// The newest offset of what fan-out has to do. The log may end with events that it has no part in, and never reaches.
    package func fanOutHead() async throws -> Int64 {
        try await database.read { try Outbox.head(of: FanOutWork.topics, $0) }
    }

    /// Whether the viewer hid this post from the home feed.
    package func hides(_ post: ID<Post>, from viewer: ID<Account>) async throws -> Bool {
        if database.cacheLease.isValid, let flags = marks.cached(viewer)?.flags(of: post.rawValue) {
            return flags.isHidden
        }
        return try await marks.flags(of: [post], viewer: viewer)[post]?.isHidden == true
    }

    /// A page of the viewer's home feed below `before`, newest first. Where muted words hide very many posts one behind the
    /// other, it is shorter than `limit` though more follow.
    /// - Parameter mutesWords: false for what lies beneath the viewer's muted words.
    package func page(
        of viewer: ID<Account>, before: Position, limit: Int, mutesWords: Bool = true
    ) async throws -> FeedPage {
        let start = ContinuousClock.now
        // Taken first: everything up to here is in the timelines that are read afterwards.
        let latest = fanOutOffset()
        let relations = try await relations.relations(of: viewer)
        var gathering = Gathering(
            reader: self, relations: relations, limit: limit, now: mutesWords ? clock.now() : nil)
        var cursor = before
        var reads = 0
        while !gathering.isComplete {
            let skeleton = try await skeleton(relations, before: cursor, limit: gathering.nextBatch())
            try await gathering.take(skeleton.positions)
            guard let last = skeleton.positions.last, !skeleton.isLast else { break }
            cursor = last
            reads += 1
            if reads == Limits.mutedFeedReadsMax, relations.mutedWords != nil { gathering.stop(at: cursor) }
        }
        timings.cold.record(duration: start.duration(to: .now))
        return gathering.page(latest: latest)
    }
}

extension Limits {
    /// Stretches of skeleton that are looked through for one page of a reader who mutes words.
    package static let mutedFeedReadsMax = 32
}

/// How long pages take, by whether everything was in memory.
struct FeedTimings: Sendable {
    let warm = Metrics.Timer(label: MetricName.feedSeconds, dimensions: [("cache", "warm")])
    let cold = Metrics.Timer(label: MetricName.feedSeconds, dimensions: [("cache", "cold")])
}
