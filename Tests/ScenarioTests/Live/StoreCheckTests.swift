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
import Timelines

@testable import Starling

/// Damage of every kind, planted by hand.
@Suite("Store check")
struct StoreCheckTests {
    /// A statement that damages the store, and what the check should say.
    struct Damage: Sendable, CustomTestStringConvertible {
        let sql: String
        let finding: String
        /// Whether the damage is in what is derived, so that it can be set right.
        var isMended = true

        var testDescription: String { finding }
    }

    static let damages = [
        Damage(sql: "UPDATE account_counters SET followers = followers + 1", finding: "accounts have wrong counters"),
        Damage(sql: "UPDATE account_counters SET posts = 0", finding: "accounts have wrong counters"),
        Damage(sql: "DELETE FROM account_counters", finding: "accounts have wrong counters"),
        Damage(sql: "UPDATE post_counters SET comments = 7", finding: "posts have a wrong number of comments"),
        Damage(sql: "DELETE FROM post_counters", finding: "posts have a wrong number of comments"),
        Damage(sql: "UPDATE post_counters SET likes = 7", finding: "posts have a wrong number of likes"),
        Damage(sql: "UPDATE reaction_counters SET count = 7", finding: "posts have a wrong number of one kind"),
        Damage(
            sql: "INSERT INTO reaction_counters (bucket, post_id, kind, count) SELECT bucket, id, 2, 1 FROM posts",
            finding: "kinds of reactions are counted that nobody gave"),
        Damage(sql: "UPDATE replies SET likes = 7", finding: "comments are listed with a wrong number of likes"),
        Damage(sql: "DELETE FROM replies", finding: "comments are missing from their post's list"),
        Damage(
            sql: "INSERT INTO replies (bucket, post_id, position) SELECT bucket, id, 1 FROM posts",
            finding: "comments are listed that are gone"),
        Damage(
            sql: "DELETE FROM replies WHERE position IN (SELECT position FROM posts WHERE state = 5)",
            finding: "comments are missing from their post's list"),
        Damage(
            sql: """
                INSERT INTO replies (bucket, post_id, position)
                SELECT (reply_to >> 12) & 1023, reply_to, position FROM posts WHERE state = 5 ON CONFLICT DO NOTHING
                """,
            finding: "comments are listed that are gone"),
        Damage(
            sql: "UPDATE viewer_marks SET flags = (flags & 24) | 6",
            finding: "viewers' marks differ from their reactions"),
        Damage(sql: "DELETE FROM viewer_marks", finding: "viewers' marks differ from their bookmarks"),
        Damage(
            sql: "UPDATE viewer_marks SET flags = flags & 23", finding: "viewers' marks differ from their reposts"),
        Damage(sql: "UPDATE post_counters SET shares = 7", finding: "posts have a wrong number of reposts"),
        Damage(
            sql: "DELETE FROM post_shares", finding: "reposts are not listed with the post they share", isMended: false),
        Damage(
            sql: "UPDATE posts SET counted = 0", finding: "comments and quotes do not know whether they are counted"),
        Damage(sql: "UPDATE post_counters SET quotes = 7", finding: "posts have a wrong number of quotes"),
        Damage(
            sql: "DELETE FROM quotes", finding: "quotes are listed that are not there, or not listed", isMended: false),
        Damage(
            sql:
                "INSERT INTO post_feedback (account_id, post_id, kind, feedback_id) SELECT author_id, id, 1, id FROM posts",
            finding: "marks of viewers do not say what their feedback says", isMended: false),
        Damage(
            sql:
                "INSERT INTO list_members (account_id, list_id, member_id, membership_id) SELECT id, 1, id, 1 FROM users",
            finding: "lists hold accounts that their owners do not follow", isMended: false),
        Damage(sql: "DELETE FROM reposts", finding: "reposts are listed that are not there", isMended: false),
        Damage(sql: "DELETE FROM post_tags", finding: "hashtags are listed other than the texts say"),
        Damage(
            sql: "UPDATE post_tags SET visibility = 1", finding: "hashtags are listed other than the texts say"),
        Damage(
            sql:
                "INSERT INTO post_tags (tag, position, author_id, visibility) SELECT 'x', position, author_id, 0 FROM posts",
            finding: "hashtags are listed other than the texts say"),
        Damage(
            sql: "UPDATE post_stats SET reactions = 7",
            finding: "posts have statistics that differ from their reactions"),
        Damage(
            sql: "DELETE FROM post_stats", finding: "posts have statistics that differ from their reactions"),
        Damage(sql: "UPDATE post_stats SET views = 0", finding: "posts have statistics with too few views"),
        Damage(sql: "UPDATE post_stats SET reach = 0", finding: "posts have statistics with too few views"),
        Damage(sql: "DELETE FROM followers", finding: "follows are stored in one direction only"),
        Damage(
            sql: "INSERT INTO followers (followee_id, follower_id, follow_id) SELECT id, id + 1, 1 FROM users",
            finding: "follows are stored in one direction only"),
        Damage(
            sql: "UPDATE posts SET bucket = (bucket + 1) & 1023",
            finding: "posts lie in a partition that is not their author's", isMended: false),
        Damage(
            sql: "UPDATE posts SET reply_to = 5 WHERE reply_to IS NOT NULL",
            finding: "replies answer a post that never was", isMended: false),
        Damage(
            sql: "INSERT INTO following (follower_id, followee_id, follow_id) SELECT id, 5, 1 FROM users",
            finding: "follows name an account that never was", isMended: false),
        Damage(
            sql:
                "INSERT INTO blocks (blocker_id, blocked_id, block_id) SELECT follower_id, followee_id, 1 FROM following",
            finding: "follows stand between accounts that a block keeps apart", isMended: false),
    ]

    @Test("a sound store has no problems")
    func soundStore() async throws {
        try await LiveNode.run { live in
            _ = try await cast(live)
            let report = try await check(live)
            #expect(report.problems.isEmpty && report.repaired == 0)
            #expect(report.verified.count >= 4)
        }
    }

    @Test("damage is reported, and what is derived is mended", arguments: damages)
    func damage(_ damage: Damage) async throws {
        try await LiveNode.run { live in
            _ = try await cast(live)
            _ = try await live.node.database.write { try $0.execute(damage.sql, []) }
            #expect(try await check(live).problems.contains { $0.contains(damage.finding) })
            #expect(try await check(live).problems.isEmpty == false, "a check alone mends nothing")
            _ = try await check(live, repair: true)
            let report = try await check(live, repair: true)
            #expect(report.problems.contains { $0.contains(damage.finding) } != damage.isMended, "\(report.problems)")
            if damage.isMended { #expect(try await check(live).problems.isEmpty) }
        }
    }

    @Test("how many counters drifted is a metric, until they are mended")
    func drift() async throws {
        try await LiveNode.run { live in
            let registry = MetricsRegistry()
            func drift() -> String? {
                registry.prometheusText().split(separator: "\n").first { $0.hasPrefix("starling_counters_drift ") }
                    .map(String.init)
            }
            _ = try await cast(live)
            _ = try await live.node.database.write { try $0.execute("DELETE FROM account_counters", []) }
            _ = try await check(live, metrics: registry)
            #expect(drift() == "starling_counters_drift 4.0")
            _ = try await check(live, repair: true, metrics: registry)
            #expect(drift() == "starling_counters_drift 0.0")
        }
    }

    @Test("a timeline that lacks an entry is reported and dropped")
    func wrongTimeline() async throws {
        try await LiveNode.run { live in
            let (alice, post) = try await cast(live)
            _ = try await live.home(of: alice, pageSize: 20)
            live.node.home.remove([post.position.rawValue], from: alice)
            #expect(try await check(live).problems == ["1 feeds differ from what the store says"])
            #expect(try await check(live, repair: true).repaired == 1)
            #expect(try await check(live).problems.isEmpty)
            #expect(try await live.home(of: alice, pageSize: 20).contains(post.id))
        }
    }

    /// Alice follows bob and carol; carol replied to bob, whose post is returned.
    private func cast(_ live: LiveNode) async throws -> (alice: ID<Account>, post: Post) {
        let (alice, bob) = (try await live.account("alice"), try await live.account("bob"))
        let carol = try await live.account("carol")
        for other in [bob, carol] { _ = try await live.graph.follow(alice, other) }
        _ = try await live.graph.follow(carol, bob)
        let post = try await live.publish(bob)
        let reply = PostDraft(content: try PostContent("yes"), replyTo: post.id)
        let comment = try await live.posts.publish(reply, author: carol).card.post
        for target in [post.id, comment.id] {
            _ = try await live.node.api.reactions.react(.like, to: target, viewer: alice)
        }
        _ = try await live.node.api.bookmarks.add(post.id, folder: "", viewer: alice)
        let strange = try await live.publish(try await live.account("dan"))
        _ = try await live.posts.share(strange.id, viewer: bob)
        var quote = PostDraft(content: try PostContent("look #cat #dog"))
        quote.quoteOf = strange.id
        _ = try await live.posts.publish(quote, author: bob)
        try await deletions(live, on: post.id, by: bob)
        try await live.posts.noteSeen([post.id, strange.id], by: alice)
        try await live.drained()
        return (alice, post)
    }

    /// Of a chain of three comments the upper two are deleted, and keep their places; another one leaves nothing.
    private func deletions(_ live: LiveNode, on post: ID<Post>, by author: ID<Account>) async throws {
        var chain = [post]
        for above in [0, 1, 2, 0] {
            let draft = PostDraft(content: try PostContent("a comment"), replyTo: chain[above])
            chain.append(try await live.posts.publish(draft, author: author).card.post.id)
        }
        for gone in [chain[1], chain[2], chain[4]] { try await live.posts.delete(gone, viewer: author) }
    }

    private func check(
        _ live: LiveNode, repair: Bool = false, metrics: MetricsRegistry = MetricsRegistry()
    ) async throws -> CheckReport {
        try await StoreCheck(
            database: live.node.database, eventLog: live.node.eventLog, feed: live.feed, home: live.node.home,
            metrics: metrics
        ).run(sample: 100, repair: repair)
    }
}
