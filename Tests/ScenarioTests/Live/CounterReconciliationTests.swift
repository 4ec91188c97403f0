import Accounts
import Core
import Engagement
import EventLog
import HTTPAPI
import Posts
import SQL
import SocialGraph
import Telemetry
import Testing
import TestSupport

@testable import Starling
@testable import Timelines

/// Counters that differ from their rows, by hand or because events are not counted yet.
@Suite("Counter reconciliation")
struct CounterReconciliationTests {
    static let statements = [
        "UPDATE account_counters SET followers = followers + 1",
        "UPDATE account_counters SET following = 9, posts = posts - 1",
        "DELETE FROM account_counters",
        "UPDATE post_counters SET likes = likes + 2 WHERE likes > 0",
        "UPDATE post_counters SET comments = 0",
        "UPDATE post_counters SET shares = 3",
        "UPDATE post_counters SET quotes = 3",
        "DELETE FROM post_counters",
        "UPDATE reaction_counters SET count = 7",
        "DELETE FROM reaction_counters",
        "INSERT INTO reaction_counters (bucket, post_id, kind, count) SELECT bucket, id, 2, 1 FROM posts",
        "UPDATE replies SET likes = 7",
        "UPDATE posts SET counted = 0 WHERE quote_of IS NOT NULL",
    ]

    @Test("what differs from the rows is set right, and told by the metrics", arguments: statements)
    func drift(_ statement: String) async throws {
        try await LiveNode.run { live in
            _ = try await cast(live)
            try await live.drained()
            let registry = MetricsRegistry()
            let reconciliation = service(live, metrics: registry)
            #expect(value(of: "starling_counters_drift", registry) == "0.0")
            #expect(value(of: "starling_counters_repaired_total", registry) == "0")
            #expect(try await reconciliation.round() == 0)
            _ = try await live.node.database.write { try $0.execute(statement, []) }
            let found = try await reconciliation.round()
            #expect(found > 0)
            #expect(value(of: "starling_counters_drift", registry) == "\(found).0")
            #expect(value(of: "starling_counters_repaired_total", registry) == "\(found)")
            #expect(try await wrong(live) == 0)
            #expect(try await reconciliation.round() == 0)
            #expect(value(of: "starling_counters_drift", registry) == "0.0")
        }
    }

    @Test("profiles and cards show what was set right")
    func caches() async throws {
        try await LiveNode.run { live in
            let (bob, post) = try await cast(live)
            let carol = try await live.node.api.directory.id(ofUsername: "carol") ?? bob
            try await live.drained()
            _ = try await live.node.database.write { store in
                try store.execute("UPDATE account_counters SET followers = 70", [])
                try store.execute("UPDATE post_counters SET likes = 70", [])
                store.announce(.bulk)
            }
            func shown() async throws -> [Int64?] {
                let page = try await live.feed.page(of: carol, before: .highest, limit: 20)
                return [
                    try await live.node.api.directory.account(bob)?.followersCount,
                    page.posts.first { $0.card.post.id == post }?.card.likes,
                ]
            }
            #expect(try await shown() == [70, 70])
            try await service(live).round()
            #expect(try await shown() == [2, 1])
        }
    }

    @Test("what is not counted yet is no drift, and is counted once")
    func unhandled() async throws {
        let folder = try TemporaryFolder()
        let live = try await still(in: folder)
        let (bob, post) = try await cast(live)
        let reconciliation = service(live)
        #expect(try await reconciliation.round() == 0)
        try await handle(live)
        #expect(try await wrong(live) == 0)
        // A comment that is gone is named by its event, and the posts above it are not.
        let comment = try await live.posts.publish(
            PostDraft(content: try PostContent("again"), replyTo: post), author: bob)
        try await handle(live)
        try await live.posts.delete(comment.card.post.id, viewer: bob)
        #expect(try await reconciliation.round() == 0)
        try await handle(live)
        #expect(try await wrong(live) == 0)
        #expect(try await reconciliation.round() == 0)
        try await live.node.close()
    }

    @Test("what is in doubt waits, and all else is set right meanwhile")
    func doubt() async throws {
        let folder = try TemporaryFolder()
        let live = try await still(in: folder)
        let (bob, post) = try await cast(live)
        try await handle(live)
        let other = try await live.publish(bob)
        try await handle(live)
        _ = try await live.node.database.write { store in
            for id in [post, other.id] {
                try store.execute("UPDATE post_counters SET likes = 70 WHERE post_id = $1", [.integer(id.rawValue)])
                try store.execute(
                    "INSERT INTO post_counters (post_id, likes) VALUES ($1, 70) ON CONFLICT DO NOTHING",
                    [.integer(id.rawValue)])
            }
        }
        _ = try await live.node.api.reactions.react(.love, to: post, viewer: bob)
        #expect(try await service(live).round() == 1)
        try await handle(live)
        #expect(try await service(live).round() == 1)
        #expect(try await wrong(live) == 0)
        try await live.node.close()
    }

    /// A node of which nothing runs, so that everything waits until it is handled by hand.
    private func still(in folder: TemporaryFolder) async throws -> LiveNode {
        let clock = TestClock()
        let node = try await Node.opened(
            in: DataDirectory(folder.path), settings: .small, logger: LiveNode.logger, clock: clock.wall)
        return LiveNode(node: node, clock: clock)
    }

    /// Alice and carol follow bob, whose post is returned; carol's comment on it, alice's likes, a repost and a quote.
    private func cast(_ live: LiveNode) async throws -> (bob: ID<Account>, post: ID<Post>) {
        let (alice, bob) = (try await live.account("alice"), try await live.account("bob"))
        let carol = try await live.account("carol")
        for follower in [alice, carol] { _ = try await live.graph.follow(follower, bob) }
        let post = try await live.publish(bob)
        let reply = PostDraft(content: try PostContent("yes"), replyTo: post.id)
        let comment = try await live.posts.publish(reply, author: carol).card.post
        let answer = PostDraft(content: try PostContent("no"), replyTo: comment.id)
        _ = try await live.posts.publish(answer, author: bob)
        for target in [post.id, comment.id] {
            _ = try await live.node.api.reactions.react(.like, to: target, viewer: alice)
        }
        _ = try await live.posts.share(post.id, viewer: alice)
        var quote = PostDraft(content: try PostContent("look"))
        quote.quoteOf = post.id
        _ = try await live.posts.publish(quote, author: carol)
        return (bob, post.id)
    }

    /// Handles what waits.
    private func handle(_ live: LiveNode) async throws {
        for _ in 0..<2 {
            for service in live.node.services { try await (service as? ConsumerRunner)?.drain() }
        }
    }

    /// What a plain look finds wrong, once nothing waits.
    private func wrong(_ live: LiveNode) async throws -> Int64 {
        try await live.node.database.read { store in
            try StoreCheckQueries.allDrifts.map { try store.integer($0.sql) }.reduce(0, +)
        }
    }

    private func service(
        _ live: LiveNode, metrics: MetricsRegistry = MetricsRegistry()
    ) -> CounterReconciliation {
        CounterReconciliation(
            database: live.node.database, clock: live.clock.wall, logger: LiveNode.logger, metrics: metrics)
    }

    private func value(of metric: String, _ registry: MetricsRegistry) -> String? {
        registry.prometheusText().split(separator: "\n").first { $0.hasPrefix(metric + " ") }
            .map { String($0.dropFirst(metric.count + 1)) }
    }
}
