import Accounts
import Core
import Foundation
import KeyValue
import SQL
import Synchronization

/// A hashtag that many use now.
package struct TrendingTag: Hashable, Sendable {
    package let tag: String
    /// Who used it within the window, each once.
    package let authors: Int
}

/// How far back a trend goes.
package enum TrendWindow: String, CaseIterable, Hashable, Sendable {
    case hour, day, week

    var milliseconds: Int64 {
        switch self {
        case .hour: 3_600_000
        case .day: 86_400_000
        case .week: 7 * 86_400_000
        }
    }
}

/// Counts the authors who use a hashtag, each by the age of their newest use, which halves in a quarter of the window. It
/// reckons anew when asked, no more than once in `Limits.trendsLifetimeMilliseconds` on each process, on what everybody sees.
package final class TrendingTags: Sendable {
    private let database: any Database
    private let clock: WallClock
    private let known = Mutex<[TrendWindow: (at: Int64, tags: [TrendingTag])]>([:])
    private let atWork = KeyLock<TrendWindow>()

    package init(database: any Database, clock: WallClock) {
        self.database = database
        self.clock = clock
    }

    /// The strongest first, no more than `Limits.trendingTagsMax`, each used by at least two.
    package func tags(_ window: TrendWindow) async throws -> [TrendingTag] {
        let now = clock.now()
        let known = known.withLock { $0[window] }
        if let known, (0..<Limits.trendsLifetimeMilliseconds).contains(now - known.at) { return known.tags }
        let isFirst = atWork.tryAcquire(window)
        defer { if isFirst { atWork.release(window) } }
        if !isFirst, let known { return known.tags }
        let dialect = database.dialect
        let tags = try await database.readStale { try Self.reckon(window, now: now, dialect: dialect, $0) }
        self.known.withLock { $0[window] = (now, tags) }
        return tags
    }

    static func reckon(
        _ window: TrendWindow, now: Int64, dialect: Dialect, _ store: any SQLReader
    ) throws -> [TrendingTag] {
        let start = Snowflake(unixMilliseconds: now - window.milliseconds, bucket: 0, low: 0).rawValue
        var seen: [String: Set<Int64>] = [:]
        var strength: [String: Double] = [:]
        try store.forEach(
            """
            SELECT t.tag, t.author_id, t.position FROM (
                SELECT t.tag, t.author_id, t.position FROM post_tags t JOIN users u ON u.id = t.author_id
                WHERE t.position >= $1 AND t.visibility = 0 AND u.state = 0 AND u.is_private = 0
                ORDER BY t.position DESC LIMIT $2) AS t
            \(PostLayout(dialect).joinPost(where: "position", is: "t.position"))
            WHERE \(ThreadSQL.isForEveryone) ORDER BY t.position DESC
            """, [.integer(start), .integer(Int64(Limits.trendingUsesMax))]
        ) { row in
            let tag = row.text(0)
            guard seen[tag, default: []].insert(row.int64(1)).inserted else { return true }
            let age = Double(now - Snowflake(rawValue: row.int64(2)).unixMilliseconds)
            strength[tag, default: 0] += exp2(-4 * max(0, age) / Double(window.milliseconds))
            return true
        }
        return seen.filter { $0.value.count > 1 }.keys
            .sorted { (strength[$0] ?? 0, $1) > (strength[$1] ?? 0, $0) }
            .prefix(Limits.trendingTagsMax).map { TrendingTag(tag: $0, authors: seen[$0]?.count ?? 0) }
    }
}

extension Limits {
    package static let trendingTagsMax = 20
    /// The newest uses that a trend rests on.
    package static let trendingUsesMax = 100_000
    package static let trendsLifetimeMilliseconds: Int64 = 60_000
}
