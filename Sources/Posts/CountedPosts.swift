import Accounts
import Core
import EventLog
import SQL

/// Which comments and quotes are counted with the posts that they answer and quote: those that everybody sees, which are
/// published, for everyone, and by an account that is neither suspended nor private.
///
/// Each remembers whether it is counted. What an event says does not matter, only that the post or its author changed: so
/// neither the order of events nor one that comes twice can make counters drift.
struct CountedPosts: Sendable {
    /// What to add to counters.
    struct Growth {
        var comments: [Int64: Int64] = [:]
        var quotes: [Int64: Int64] = [:]
        /// Of the posts concerned.
        var positions: Set<Int64> = []
    }

    private let dialect: Dialect

    init(_ dialect: Dialect) {
        self.dialect = dialect
    }

    /// Counts what is to be counted by now, and what no longer is.
    func settle(_ events: [Event], _ store: any SQLWriter) throws -> Growth {
        var growth = Growth()
        let changed = Self.changed(events)
        for post in try wrong(among: changed, store) { try turn(post, &growth, store) }
        for account in Self.accounts(events) {
            var isFinished = false
            while !isFinished {
                let posts = try wrong(of: account, store)
                for post in posts { try turn(post, &growth, store) }
                isFinished = posts.count < Limits.countedPostsAtOnce
            }
        }
        return growth
    }

    private static func changed(_ events: [Event]) -> [Int64] {
        var posts: Set<Int64> = []
        for event in events {
            switch event.kind {
            case .repliesImported, .quotingImported: posts.formUnion(event.list)
            case .postPublished, .postEdited, .postDeleted:
                if event.object != 0 || Quote(list: event.list) != nil { posts.insert(event.subject) }
            default: break
            }
        }
        return posts.sorted()
    }

    private static func accounts(_ events: [Event]) -> [ID<Account>] {
        let accounts = events.filter { event in
            switch event.kind {
            case .accountSuspended, .accountReinstated, .accountDeleted: true
            case .accountUpdated:
                !AccountUpdateFlags(rawValue: event.flags).isDisjoint(with: [.becamePrivate, .becamePublic])
            default: false
            }
        }
        return Set(accounts.map(\.subject)).sorted().map { ID($0) }
    }

    private struct Row {
        let id: ID<Post>
        let isReply: Bool
        let quote: Quote?
        let isCounted: Bool
    }

    private static let columns = "p.id, p.reply_to, p.counted, p.quote_of, p.quote_author, p.quote_position"
    private static let isSeen = """
        CASE WHEN p.state = 3 AND p.visibility = 0 AND u.state = 0 AND u.is_private = 0 THEN 1 ELSE 0 END
        """

    private func wrong(among posts: [Int64], _ store: any SQLReader) throws -> [Row] {
        guard !posts.isEmpty else { return [] }
        return try store.query(
            """
            SELECT \(Self.columns) FROM list($1) AS wanted
            \(PostLayout(dialect).joinPost(where: "id", is: "wanted.value"))
            JOIN users u ON u.id = p.author_id WHERE p.counted <> \(Self.isSeen) ORDER BY p.id
            """, [.list(posts)], row: Self.row)
    }

    private func wrong(of account: ID<Account>, _ store: any SQLReader) throws -> [Row] {
        try store.query(
            """
            SELECT \(Self.columns) FROM posts p JOIN users u ON u.id = p.author_id
            WHERE p.author_id = $1 AND p.bucket = $2 AND (p.reply_to IS NOT NULL OR p.quote_of IS NOT NULL)
                AND p.counted <> \(Self.isSeen) ORDER BY p.position LIMIT $3
            """,
            [
                .integer(account.rawValue), .integer(Int64(account.bucket)),
                .integer(Int64(Limits.countedPostsAtOnce)),
            ], row: Self.row)
    }

    private static func row(_ row: any SQLRow) -> Row {
        Row(
            id: row.id(0), isReply: !row.isNull(1), quote: PostQueries.quote(row, at: 3), isCounted: row.flag(2))
    }

    private func turn(_ post: Row, _ growth: inout Growth, _ store: any SQLWriter) throws {
        let amount: Int64 = post.isCounted ? -1 : 1
        try store.execute(
            "UPDATE posts SET counted = $3 WHERE id = $1 AND bucket = $2",
            [.integer(post.id.rawValue), .integer(Int64(post.id.bucket)), .integer(post.isCounted ? 0 : 1)])
        for ancestor in post.isReply ? try PostQueries.ancestors(of: post.id, dialect: dialect, store) : [] {
            growth.comments[ancestor.id.rawValue, default: 0] += amount
            growth.positions.insert(ancestor.position)
        }
        if let quote = post.quote {
            growth.quotes[quote.post.rawValue, default: 0] += amount
            growth.positions.insert(quote.position.rawValue)
        }
    }
}

extension Limits {
    /// Comments and quotes of an account that are looked at together, when it is suspended or becomes private.
    static let countedPostsAtOnce = 500
}
