import Core
import EventLog
import SQL

/// Keeps followers, following and posts counted, from the events and in the transaction of its offset: each event counts
/// once. A batch becomes one change per account.
package struct AccountCountersConsumer: TransactionalConsumer {
    package let group = "account-counters"
    package let topics: Set<Topic> = [.graph, .posts]

    package init() {}

    package func handle(_ events: [Event], in store: any SQLWriter) throws {
        var deltas = CounterDeltas()
        for event in events { deltas.add(event) }
        try deltas.apply(in: store)
    }

    /// Adds to the counters of each account, and tells of it.
    package func add(_ growth: [AccountCounters], _ store: any SQLWriter) throws {
        try CounterDeltas.apply(growth, in: store)
    }
}

/// What a batch of events adds to each account's counters.
struct CounterDeltas {
    private struct Delta {
        var followers: Int64 = 0
        var following: Int64 = 0
        var posts: Int64 = 0
    }

    private var byAccount: [Int64: Delta] = [:]

    mutating func add(_ event: Event) {
        switch event.kind {
        case .followed: follow(event.key, event.subject, by: 1)
        case .unfollowed: follow(event.key, event.subject, by: -1)
        case .postPublished: posts(event.key, by: Self.counts(event.flags) ? 1 : 0)
        case .postDeleted: posts(event.key, by: Self.counts(event.flags) ? -1 : 0)
        case .postEdited: posts(event.key, by: Self.difference(event.flags))
        // Pairs: follower, followee.
        case .followsImported:
            for index in stride(from: 0, to: event.list.count - 1, by: 2) {
                follow(event.list[index], event.list[index + 1], by: 1)
            }
        // Pairs: author, number of posts.
        case .postsImported:
            for index in stride(from: 0, to: event.list.count - 1, by: 2) {
                posts(event.list[index], by: event.list[index + 1])
            }
        default: break
        }
    }

    func apply(in store: any SQLWriter) throws {
        guard !byAccount.isEmpty else { return }
        let growth = byAccount.map { account, delta in
            AccountCounters(
                account: account, followers: delta.followers, following: delta.following, posts: delta.posts)
        }
        try Self.apply(growth, in: store)
    }

    /// - Parameter growth: what to add to the counters of each account.
    static func apply(_ growth: [AccountCounters], in store: any SQLWriter) throws {
        let counters = try growth.flatMap { growth in
            try store.query(
                """
                INSERT INTO account_counters (account_id, followers, following, posts) VALUES ($1, $2, $3, $4)
                ON CONFLICT (account_id) DO UPDATE SET followers = account_counters.followers + excluded.followers,
                    following = account_counters.following + excluded.following,
                    posts = account_counters.posts + excluded.posts
                RETURNING followers, following, posts
                """,
                [
                    .integer(growth.account), .integer(growth.followers), .integer(growth.following),
                    .integer(growth.posts),
                ]
            ) { row in
                AccountCounters(
                    account: growth.account, followers: row.int64(0), following: row.int64(1), posts: row.int64(2))
            }
        }
        store.announce(.counters(counters))
    }

    private mutating func follow(_ follower: Int64, _ followee: Int64, by amount: Int64) {
        byAccount[follower, default: Delta()].following += amount
        byAccount[followee, default: Delta()].followers += amount
    }

    private mutating func posts(_ author: Int64, by amount: Int64) {
        guard amount != 0 else { return }
        byAccount[author, default: Delta()].posts += amount
    }

    /// Only public posts are counted, lest the count tell of the others.
    private static func counts(_ flags: Int64) -> Bool {
        PostFlags(rawValue: flags).visibility == .everyone
    }

    private static func difference(_ flags: Int64) -> Int64 {
        let flags = PostFlags(rawValue: flags)
        let before = flags.previousVisibility == .everyone
        let after = flags.visibility == .everyone
        return before == after ? 0 : (after ? 1 : -1)
    }
}
