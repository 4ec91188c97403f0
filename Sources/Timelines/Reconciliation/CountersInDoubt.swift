import Core
import EventLog
import Posts
import SQL

/// Accounts and posts whose counters may differ from their rows for good reason: events name them that are not counted yet.
struct CountersInDoubt: Sendable {
    /// Who counts what a reconciliation looks at.
    private static let groups: [(name: String, topics: Set<Topic>)] = [
        ("account-counters", [.graph, .posts]), ("post-counters", [.posts, .accounts]),
        ("reaction-counters", [.engagement]),
    ]

    private let ids: Set<Int64>

    /// - Returns: nil where too much is not counted yet to tell.
    init?(layout: PostLayout, _ store: any SQLReader) throws {
        var named: Set<Int64> = []
        for group in Self.groups {
            let events = try UnhandledEvents.events(
                of: group.name, topics: group.topics, limit: Limits.reconciliationEventsMax,
                factsMax: Limits.reconciliationFactsMax, store)
            guard let events else { return nil }
            for event in events {
                named.formUnion([event.key, event.subject, event.object])
                named.formUnion(event.list)
            }
        }
        ids = try named.isEmpty ? [] : Self.withPostsAbove(named, layout, store)
    }

    func contains(_ id: Int64) -> Bool { ids.contains(id) }

    /// Those of these that nothing waits for.
    func certain(of ids: [Int64]) -> [Int64] { ids.filter { !self.ids.contains($0) } }

    /// A comment changes the counters of all posts above it.
    private static func withPostsAbove(
        _ ids: Set<Int64>, _ layout: PostLayout, _ store: any SQLReader
    ) throws -> Set<Int64> {
        let above = try store.query(
            """
            WITH RECURSIVE up (id) AS (
                SELECT value FROM list($1) AS named
                UNION SELECT p.reply_to FROM up \(layout.joinPost(where: "id", is: "up.id"))
                    WHERE p.reply_to IS NOT NULL)
            SELECT id FROM up
            """, [.list(ids.sorted())]
        ) { $0.int64(0) }
        return Set(above)
    }
}

extension Limits {
    /// Events that one group has still to count beyond which counters are not held against rows for the moment.
    static let reconciliationEventsMax = 4_096
    /// And ids in the lists of bulk events.
    static let reconciliationFactsMax = 4_096
}
