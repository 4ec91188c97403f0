import Accounts
import Core
import Posts
import SQL
import SocialGraph

/// Reads timelines from the store of record.
package struct TimelineSource: Sendable {
    /// How far back the first look goes. An author list is cheap to look through, the rows of a long span are not.
    private static let firstSpanMilliseconds: Int64 = 3_600_000
    /// From here on a look may as well go back to the beginning.
    private static let spanMillisecondsMax: Int64 = 1 << 40

    private let database: any Database
    private let bounds: TimelineBounds

    package init(database: any Database, bounds: TimelineBounds = TimelineBounds()) {
        self.database = database
        self.bounds = bounds
    }

    /// The newest posts and reposts of everyone the viewer follows.
    package func home(of viewer: ID<Account>, now: Int64) async throws -> Timeline {
        let dialect = database.dialect
        let max = bounds.homeEntriesMax
        return try await database.read { store in
            let followees = try GraphQueries.followees(of: viewer, store)
            let found = try Self.newest(
                of: followees, before: .highest, limit: max + 1, now: now, dialect: dialect, store)
            return Timeline(
                newestFirst: Array(found.prefix(max)), isWhole: found.count <= max, entriesMax: max)
        }
    }

    /// The newest posts and reposts of one author.
    package func posts(of author: ID<Account>) async throws -> Timeline {
        let max = bounds.userEntriesMax
        let found = try await database.read { store in
            try ActivityQueries.positions(of: author, before: .highest, limit: max + 1, store)
        }
        return Timeline(newestFirst: Array(found.prefix(max)), isWhole: found.count <= max, entriesMax: max)
    }

    /// Up to `limit` posts and reposts of these authors below `before`, newest first; fewer mean that there are no more.
    package func posts(
        ofAuthors authors: [Int64], before: Position, limit: Int, now: Int64
    ) async throws -> [Position] {
        let dialect = database.dialect
        return try await database.read { store in
            try Self.newest(of: authors, before: before, limit: limit, now: now, dialect: dialect, store)
        }
    }

    /// Up to `limit` replies below `before` to posts of `repliedTo`, by any of `authors`, newest first.
    package func replies(
        to repliedTo: [Int64], by authors: [Int64], before: Position, limit: Int
    ) async throws -> [Position] {
        let dialect = database.dialect
        return try await database.read { store in
            try PostQueries.replies(
                to: repliedTo, by: authors, before: before, limit: limit, dialect: dialect, store)
        }
    }

    static func newest(
        of authors: [Int64], before: Position, limit: Int, now: Int64, dialect: Dialect, _ store: any SQLReader
    ) throws -> [Position] {
        guard !authors.isEmpty else { return [] }
        let end = min(now, Snowflake(rawValue: before.rawValue).unixMilliseconds)
        var span = firstSpanMilliseconds
        while span < spanMillisecondsMax {
            let from = Position(Snowflake(unixMilliseconds: end - span, bucket: 0, low: 0).rawValue)
            let found = try ActivityQueries.positions(
                ofAccounts: authors, from: from, before: before, limit: limit, dialect: dialect, store)
            if found.count == limit { return found }
            span *= growth(found: found.count, wanted: limit)
        }
        return try ActivityQueries.positions(
            ofAccounts: authors, from: .lowest, before: before, limit: limit, dialect: dialect, store)
    }

    /// How many times as far back the next look goes, if posts were as frequent there as they were here.
    private static func growth(found: Int, wanted: Int) -> Int64 {
        Int64(min(max(wanted * 5 / 4 / max(found, 1), 4), 64))
    }
}
