import Core
import EventLog
import SQL

/// Counts the visible descendants of each post, its reposts, its visible quotes and the votes in its poll, from the events and in the transaction of its offset.
package struct PostCountersConsumer: TransactionalConsumer {
    package let group = "post-counters"
    package let topics: Set<Topic> = [.posts]

    private let dialect: Dialect
    private let layout: PostLayout

    package init(dialect: Dialect = .sqlite) {
        self.dialect = dialect
        layout = PostLayout(dialect)
    }

    package func handle(_ events: [Event], in store: any SQLWriter) throws {
        var deltas: [Int64: Int64] = [:]
        for event in events {
            for reply in event.kind == .repliesImported ? event.list : [] { deltas[reply, default: 0] += 1 }
            if event.object != 0 { deltas[event.subject, default: 0] += Self.difference(event) }
        }
        try countComments(deltas, store)
        try countShares(events, store)
    }

    private func countShares(_ events: [Event], _ store: any SQLWriter) throws {
        var shares: [Int64: Int64] = [:]
        var quotes: [Int64: Int64] = [:]
        var positions: Set<Int64> = []
        for event in events {
            switch event.kind {
            case .shared, .unshared:
                shares[event.subject, default: 0] += event.kind == .shared ? 1 : -1
                positions.formUnion(event.list)
            case .sharesImported: Self.add(event.list, to: &shares, &positions)
            case .quotesImported: Self.add(event.list, to: &quotes, &positions)
            case .postPublished, .postEdited, .postDeleted:
                guard let quote = Quote(list: event.list), Self.difference(event) != 0 else { continue }
                quotes[quote.post.rawValue, default: 0] += Self.difference(event)
                positions.insert(quote.position.rawValue)
            default: break
            }
        }
        try add(shares, to: "shares", store)
        try add(quotes, to: "quotes", store)
        positions.formUnion(try PollCounters.count(events, store))
        if !positions.isEmpty { store.announce(.postCounters(positions.sorted())) }
    }

    /// - Parameter list: posts, each with its position and a number.
    private static func add(_ list: [Int64], to growth: inout [Int64: Int64], _ positions: inout Set<Int64>) {
        for index in stride(from: 0, to: list.count - 2, by: 3) {
            growth[list[index], default: 0] += list[index + 2]
            positions.insert(list[index + 1])
        }
    }

    private func add(_ growth: [Int64: Int64], to counter: String, _ store: any SQLWriter) throws {
        // In one order, so that two processes never wait for each other.
        for (post, amount) in growth.sorted(by: { $0.key < $1.key }) where amount != 0 {
            try store.execute(
                """
                INSERT INTO post_counters (\(layout.counterKey), \(counter))
                VALUES (\(layout.counterKey(of: "$1")), $2) ON CONFLICT (\(layout.counterKey))
                DO UPDATE SET \(counter) = post_counters.\(counter) + excluded.\(counter)
                """, [.integer(post), .integer(amount)])
        }
    }

    private static func difference(_ event: Event) -> Int64 {
        let flags = PostFlags(rawValue: event.flags)
        let counts: Int64 = flags.visibility == .everyone ? 1 : 0
        switch event.kind {
        case .postPublished: return counts
        case .postDeleted: return -counts
        case .postEdited: return counts - (flags.previousVisibility == .everyone ? 1 : 0)
        default: return 0
        }
    }

    /// - Parameter replies: by how many each counts for every post above it.
    private func countComments(_ replies: [Int64: Int64], _ store: any SQLWriter) throws {
        var growth: [Int64: Int64] = [:]
        var positions: Set<Int64> = []
        for (reply, amount) in replies where amount != 0 {
            for ancestor in try PostQueries.ancestors(of: ID(reply), dialect: dialect, store) {
                growth[ancestor.id.rawValue, default: 0] += amount
                positions.insert(ancestor.position)
            }
        }
        try add(growth, to: "comments", store)
        if !positions.isEmpty { store.announce(.postCounters(positions.sorted())) }
    }
}
