import Accounts
import Core
import SQL

/// Reads of what timelines hold: posts and reposts, by position.
package enum ActivityQueries {
    /// Positions of one account's posts and reposts below `before`, newest first.
    /// - Parameter visibilities: those of the posts asked for; nil for all. Reposts count as public.
    package static func positions(
        of account: ID<Account>, before: Position, limit: Int, of visibilities: [Visibility]? = nil,
        replies: Bool = true,
        _ store: any SQLReader
    ) throws -> [Position] {
        let posts = try PostQueries.positions(
            of: account, before: before, limit: limit, of: visibilities, replies: replies, store)
        guard visibilities?.contains(.everyone) != false else { return posts }
        let reposts = try RepostQueries.positions(of: account, before: before, limit: limit, store)
        return newest(posts, reposts, limit: limit)
    }

    /// What timelines may hold of an account: its newest reposts, and its newest posts, those that are gone since among them.
    package static func positionsEver(
        of account: ID<Account>, limit: Int, _ store: any SQLReader
    ) throws -> [Position] {
        try PostQueries.positionsEver(of: account, limit: limit, store)
            + RepostQueries.positions(of: account, before: .highest, limit: limit, store)
    }

    /// The newest positions of many accounts' posts and reposts in `[from, before)`, newest first.
    package static func positions(
        ofAccounts accounts: [Int64], from: Position, before: Position, limit: Int, dialect: Dialect,
        _ store: any SQLReader
    ) throws -> [Position] {
        let posts = try PostQueries.positions(
            ofAuthors: accounts, from: from, before: before, limit: limit, dialect: dialect, store)
        let reposts = try RepostQueries.positions(
            ofSharers: accounts, from: from, before: before, limit: limit, dialect: dialect, store)
        return newest(posts, reposts, limit: limit)
    }

    private static func newest(_ posts: [Position], _ reposts: [Position], limit: Int) -> [Position] {
        reposts.isEmpty ? posts : Array((posts + reposts).sorted(by: >).prefix(limit))
    }
}
