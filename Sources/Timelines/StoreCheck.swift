import Accounts
import Core
import EventLog
import Metrics
import Posts
import SQL
import Telemetry

/// What a check of the store verified and found.
package struct CheckReport: Sendable {
    package var verified: [String] = []
    package var problems: [String] = []
    package var repaired = 0

    mutating func note(_ what: String, _ count: Int64) {
        if count > 0 { problems.append("\(count) \(what)") }
    }
}

/// Verifies what must always hold of a store at rest: counters against rows, both directions of follows, orphans, and
/// feeds against a plain query that knows nothing of timelines.
package struct StoreCheck: Sendable {
    /// Posts compared of each sampled feed.
    private static let feedDepth = 100
    private static let quietAttemptsMax = 20

    private let database: any Database
    private let eventLog: EventLog
    private let feed: FeedReader
    private let home: HomeTimelines
    private let metrics: any MetricsFactory

    package init(
        database: any Database, eventLog: EventLog, feed: FeedReader, home: HomeTimelines,
        metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        self.database = database
        self.eventLog = eventLog
        self.feed = feed
        self.home = home
        self.metrics = metrics
    }

    /// - Parameters:
    ///   - sample: how many feeds to compare: those in memory first, then others.
    ///   - repair: whether to set right what is derived: counters, the second direction of follows, timelines.
    package func run(sample: Int, repair: Bool) async throws -> CheckReport {
        var report = CheckReport()
        try await checkRows(&report)
        try await checkFollows(&report, repair: repair)
        try await checkCounters(&report, repair: repair)
        try await checkTags(&report, repair: repair)
        try await checkFeeds(&report, sample: sample, repair: repair)
        return report
    }

    private func checkRows(_ report: inout CheckReport) async throws {
        let dialect = database.dialect
        let (posts, broken, found) = try await database.read { store in
            var found: [(String, Int64)] = []
            for (what, sql) in StoreCheckQueries.orphans { found.append((what, try store.integer(sql))) }
            let broken =
                dialect == .sqlite
                ? try store.query("PRAGMA quick_check", []) { $0.text(0) }.filter { $0 != "ok" } : []
            return (try store.integer("SELECT count(*) FROM posts"), broken, found)
        }
        for (what, count) in found { report.note(what, count) }
        report.problems.append(contentsOf: broken.map { "the database file: \($0)" })
        report.verified.append("\(posts) posts and everything that refers to them")
    }

    private func checkFollows(_ report: inout CheckReport, repair: Bool) async throws {
        let (follows, oneSided) = try await database.read { store in
            (
                try store.integer("SELECT count(*) FROM following"),
                try StoreCheckQueries.oneSidedFollows.map { try store.integer($0) }.reduce(0, +)
            )
        }
        report.note("follows are stored in one direction only", oneSided)
        report.verified.append("\(follows) follows in both directions")
        guard repair, oneSided > 0 else { return }
        report.repaired += try await database.write { store in
            store.announce(.bulk)
            return try StoreCheckQueries.followRepairs.map { try store.execute($0, []) }.reduce(0, +)
        }
    }

    private func checkCounters(_ report: inout CheckReport, repair: Bool) async throws {
        for _ in 0..<Self.quietAttemptsMax {
            try await eventLog.drained()
            let drifts: [Int64]? = try await database.read { store in
                guard try StoreCheckQueries.countersAreCurrent(store) else { return nil }
                return try StoreCheckQueries.allDrifts.map { try store.integer($0.sql) }
            }
            guard let drifts else { continue }
            for (query, drift) in zip(StoreCheckQueries.allDrifts, drifts) { report.note(query.what, drift) }
            report.verified.append(
                "counters, lists of comments and viewers' marks against the rows they rest on"
            )
            var drift = drifts.reduce(0, +)
            if repair, drift > 0 {
                let repaired = try await repairCounters()
                report.repaired += repaired
                if repaired > 0 { drift = 0 }
            }
            Gauge(label: MetricName.countersDrift, factory: metrics).record(drift)
            return
        }
        report.problems.append("the counters could not be verified, because writes never paused; try again")
    }

    private func checkTags(_ report: inout CheckReport, repair: Bool) async throws {
        var (wrong, posts) = (0, 0)
        var position: Int64? = 0
        while let start = position {
            let stretch =
                if repair {
                    try await database.writeMuch { try TagRows.mend(above: start, $0) }
                } else {
                    try await database.read { try TagRows.check(above: start, $0) }
                }
            (wrong, posts, position) = (wrong + stretch.wrong, posts + stretch.posts, stretch.next)
        }
        report.note("hashtags are listed other than the texts say", Int64(wrong))
        report.verified.append("the hashtags of \(posts) posts")
        if repair { report.repaired += wrong }
    }

    private func repairCounters() async throws -> Int {
        let layout = PostLayout(database.dialect)
        return try await database.write { store in
            guard try StoreCheckQueries.countersAreCurrent(store) else { return 0 }
            store.announce(.bulk)
            return try StoreCheckQueries.allRepairs(layout).map { try store.execute($0, []) }.reduce(0, +)
        }
    }

    private func checkFeeds(_ report: inout CheckReport, sample: Int, repair: Bool) async throws {
        let warm = Array(home.owners().prefix(sample))
        let others = try await database.read { store in
            try store.query(
                "SELECT id FROM users WHERE state = 0 ORDER BY ((id % 1000003) * 618033) % 1000003 LIMIT $1",
                [.integer(Int64(sample - warm.count))]
            ) { $0.id(0, Account.self) }
        }
        let viewers = Set(warm + others)
        var wrong = 0
        for viewer in viewers where try await !feedIsRight(viewer) {
            wrong += 1
            if repair {
                home.drop(viewer)
                report.repaired += 1
            }
        }
        report.note("feeds differ from what the store says", Int64(wrong))
        report.verified.append("\(viewers.count) feeds against the store, \(warm.count) of them from memory")
    }

    /// Writes may come between the two reads, so a difference counts only if it stays.
    private func feedIsRight(_ viewer: ID<Account>) async throws -> Bool {
        let dialect = database.dialect
        for _ in 0..<3 {
            try await eventLog.drained()
            let page = try await feed.page(
                of: viewer, before: .highest, limit: Self.feedDepth, mutesWords: false)
            let expected = try await database.read { store in
                try store.query(
                    StoreCheckQueries.feed(dialect), [.integer(viewer.rawValue), .integer(Int64(Self.feedDepth))]
                ) { $0.position(0) }
            }
            if page.posts.map(\.place) == expected { return true }
        }
        return false
    }
}
