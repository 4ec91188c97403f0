import Core
import EventLog
import SQL

/// Counts the comments below each post and its quotes, as far as everybody sees them, its reposts and the votes in its poll,
/// from the events and in the transaction of its offset.
package struct PostCountersConsumer: TransactionalConsumer {
    package let group = "post-counters"
    package let topics: Set<Topic> = [.posts, .accounts]

    private let layout: PostLayout
    private let counted: CountedPosts

    package init(dialect: Dialect = .sqlite) {
        layout = PostLayout(dialect)
        counted = CountedPosts(dialect)
    }

    package func handle(_ events: [Event], in store: any SQLWriter) throws {
        let growth = try counted.settle(events, store)
        try add(growth.comments, to: "comments", store)
        try add(growth.quotes, to: "quotes", store)
        try countShares(events, alsoChanged: growth.positions, store)
    }

    private func countShares(
        _ events: [Event], alsoChanged counted: Set<Int64>, _ store: any SQLWriter
    ) throws {
        var shares: [Int64: Int64] = [:]
        var positions = counted
        for event in events {
            switch event.kind {
            case .shared, .unshared:
                shares[event.subject, default: 0] += event.kind == .shared ? 1 : -1
                positions.formUnion(event.list)
            case .sharesImported: Self.add(event.list, to: &shares, &positions)
            default: break
            }
        }
        try add(shares, to: "shares", store)
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

    /// - Parameter growth: by post.
    package func add(_ growth: [Int64: Int64], to counter: String, _ store: any SQLWriter) throws {
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

}
