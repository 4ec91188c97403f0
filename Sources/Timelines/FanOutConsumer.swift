import Accounts
import Core
import EventLog
import Metrics
import Posts
import SQL
import SocialGraph
import Telemetry

/// Fan-out into this process's memory.
package struct FanOutConsumer: VolatileConsumer {
    package let group = FanOutWork.group
    package let topics = FanOutWork.topics
    private let work: FanOutWork

    package init(_ work: FanOutWork) {
        self.work = work
    }

    package func handle(_ events: [Event]) async throws { try await work.handle(events) }
}

/// Fan-out into timelines that many processes share, and that outlive this one.
package struct SharedFanOutConsumer: IdempotentConsumer {
    package let group = FanOutWork.group
    package let topics = FanOutWork.topics
    private let work: FanOutWork

    package init(_ work: FanOutWork) {
        self.work = work
    }

    package func handle(_ events: [Event]) async throws { try await work.handle(events) }
}

/// Brings posts into the home timelines of their author's followers, and keeps those in step with the graph.
package struct FanOutWork: Sendable {
    package static let group = "fanout"
    package static let topics: Set<Topic> = [.posts, .graph, .accounts]
    /// Followers delivered to before other work gets a turn.
    private static let chunkSize = 1_000

    private let database: any Database
    private let directory: AccountDirectory
    private let followers: FollowerLists
    private let sink: any TimelineSink
    private let policy: FanOutPolicy
    private let clock: WallClock
    private let bounds: TimelineBounds
    private let caches: [any CommitObserver]
    private let deliveries = Counter(label: MetricName.fanoutDeliveries)
    private let lag = Metrics.Timer(label: MetricName.publishToVisibleSeconds)
    private let warm = Gauge(label: MetricName.timelinesWarm)

    /// - Parameter caches: what feeds are read from besides timelines.
    package init(
        database: any Database, directory: AccountDirectory, followers: FollowerLists, sink: any TimelineSink,
        policy: FanOutPolicy, clock: WallClock, bounds: TimelineBounds = TimelineBounds(),
        caches: [any CommitObserver] = []
    ) {
        self.database = database
        self.directory = directory
        self.followers = followers
        self.sink = sink
        self.policy = policy
        self.clock = clock
        self.bounds = bounds
        self.caches = caches
    }

    package func handle(_ events: [Event]) async throws {
        // What other processes changed before the last of these must be known here: whom an author's posts go to, above all.
        try await database.waitUntilApplied(events.last?.offset ?? 0, timeout: Limits.fanOutWait)
        // A commit can be read a moment before it is announced. A reader whose `latest` lies past an event must not meet
        // what a cache holds from before it, or would never hear of what the event brought.
        let changes = events.flatMap(\.changes)
        for cache in caches { cache.committed(changes) }
        try await preload(events)
        for event in events { try await handle(event) }
        deliveries.increment(by: try await sink.flush(through: events.last?.offset ?? 0))
        let now = clock.now()
        for event in events where event.kind == .postPublished {
            lag.recordMilliseconds(max(0, now - event.occurredAt))
        }
        if let count = sink.count { warm.record(count) }
    }

    /// One read for all authors of the batch who are not in memory.
    private func preload(_ events: [Event]) async throws {
        let authors = Set(events.filter { $0.kind == .postPublished || $0.kind == .shared }.map { ID<Account>($0.key) })
            .filter { directory.cached($0) == nil }
        guard !authors.isEmpty else { return }
        _ = try await directory.cards(Array(authors))
    }

    private func handle(_ event: Event) async throws {
        switch event.kind {
        case .postPublished:
            guard PostFlags(rawValue: event.flags).visibility != .author else { return }
            try await spread(event)
        case .postEdited:
            // A post that more may see now takes its place among the rest of theirs.
            let flags = PostFlags(rawValue: event.flags)
            let wasForFew = flags.previousVisibility == .author || flags.previousVisibility == .closeFriends
            guard wasForFew, flags.visibility.opens(from: flags.previousVisibility) else { return }
            try await spread(event)
        case .shared: try await spread(event)
        case .followed: try await backfill(ID(event.key), from: ID(event.subject))
        case .closeFriendAdded: try await befriend(ID(event.key), by: ID(event.subject))
        case .unfollowed: try await purge(ID(event.key), of: ID(event.subject))
        case .followsImported, .postsImported, .sharesImported:
            try await sink.dropAll()
        default: break
        }
    }

    private func spread(_ event: Event) async throws {
        let author = ID<Account>(event.key)
        let position = Position(event.position)
        if event.kind != .shared, PostFlags(rawValue: event.flags).visibility == .closeFriends {
            return try await spreadAmongFriends(position, of: author)
        }
        let known = directory.cached(author)?.account
        let account = if let known { known } else { try await directory.account(author) }
        let count = account?.followersCount ?? 0
        let previous = try await sink.mode(of: author)
        let mode = policy.decision(followers: count, previously: previous)
        if mode != previous { try await sink.note(mode, of: author) }
        guard mode == .push else { return try await sink.skip(position, of: author) }
        let list = try await followers.followers(of: author)
        var start = 0
        while start < list.count {
            let end = min(start + Self.chunkSize, list.count)
            deliveries.increment(by: try await sink.deliver(position, to: list[start..<end]))
            start = end
            if start < list.count { await Task.yield() }
        }
    }

    /// They are few: no threshold counts.
    private func spreadAmongFriends(_ position: Position, of author: ID<Account>) async throws {
        let friends = try await database.read { try GraphQueries.closeFriendsFollowing(author, $0) }
        deliveries.increment(by: try await sink.deliver(position, to: friends[...]))
    }

    /// Brings a follower what was for close friends only.
    private func befriend(_ friend: ID<Account>, by author: ID<Account>) async throws {
        let follows = try await database.read { try GraphQueries.follows(friend, author, $0) }
        if follows { try await backfill(friend, from: author) }
    }

    private func backfill(_ follower: ID<Account>, from followee: ID<Account>) async throws {
        let max = bounds.backfillEntriesMax
        let found = try await database.read { store in
            try ActivityQueries.positions(of: followee, before: .highest, limit: max + 1, store)
        }
        let newest = Array(found.prefix(max))
        let isWhole = found.count <= max
        try await sink.backfill(
            newest, completeFrom: isWhole ? .lowest : newest.last ?? .lowest, to: follower)
    }

    /// The read filter hides an unfollowed author at once; this only frees the space. Of one who was erased the posts are gone
    /// by now, so those count as well. The event may be an old one that is
    /// replayed, so a follow that stands now is left alone. A process that was stopped in the midst of this takes out what a
    /// new follow brought meanwhile, so it looks again afterwards.
    private func purge(_ follower: ID<Account>, of followee: ID<Account>) async throws {
        guard await sink.mayHold(follower) else { return }
        let max = bounds.homeEntriesMax
        let positions: [Position] = try await database.read { store in
            try GraphQueries.follows(follower, followee, store)
                ? [] : try ActivityQueries.positionsEver(of: followee, limit: max, store)
        }
        guard !positions.isEmpty else { return }
        try await sink.remove(Set(positions.map(\.rawValue)), from: follower)
        let follows = try await database.read { try GraphQueries.follows(follower, followee, $0) }
        if follows { try await backfill(follower, from: followee) }
    }
}

extension Event {
    /// What caches are told when the event's commit is announced; nothing where it adds nothing to a feed.
    fileprivate var changes: [Change] {
        switch kind {
        case .postPublished: [.published(post: subject, author: key, position: position)]
        case .postEdited: [.post(subject, author: key, position: position)]
        case .shared:
            // A sharer's timeline takes the repost, and whoever shared the post is asked anew.
            [.published(post: subject, author: key, position: position)]
                + list.map { .post(subject, author: object, position: $0) }
        case .followed: [.followed(follower: key, followee: subject)]
        case .closeFriendAdded: [.closeFriendAdded(of: subject, friend: key)]
        case .unmuted, .wordsUnmuted, .listOpened: [.relationship(key, subject)]
        case .accountReinstated: [.account(subject)]
        case .followsImported, .postsImported, .sharesImported: [.bulk]
        default: []
        }
    }
}

extension Limits {
    /// How long fan-out waits for changes of other processes to arrive before the batch is tried again.
    package static let fanOutWait: Duration = .seconds(5)
}
