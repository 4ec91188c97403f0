import Accounts
import Core
import Foundation
import Posts
import SQL
import SocialGraph
import TestSupport
import Testing

@testable import Starling

/// Traces of who reposted, mentioned and answered whom, through the importer into a running node.
@Suite("Imports of activities")
struct ActivityImportTests {
    /// `1` answers `2`, who wrote nothing yet, and is answered; `3` and `4` repost, `3` once more than there is to repost.
    static let trace = """
        1 2 1341100972 RE
        2 1 1341100972 MT
        2 1 1341101972 RE
        3 2 1341102972 RT
        4 2 1341103972 RT
        3 2 1341103972 RT
        3 2 1341103973 RT
        3 2 1341103973 RT
        5 5 1341103974 RE
        5 9 1341103974 XX

        """

    private static func run(_ text: String, on live: LiveNode, as name: String = "a.txt") async throws -> ImportSummary
    {
        let path = try TemporaryFolder().file(name, text)
        return try await Importer(
            port: LocalAdmin(live.node), progress: ProgressOutput(isTerminal: false, columns: { 80 }, write: { _ in })
        )
        .run(ImportPlan(activities: [path]))
    }

    private static func expectSound(_ live: LiveNode) async throws {
        let reply = try await LocalAdmin(live.node).perform(.check(repair: false, sample: 500))
        guard case .check(let check) = reply else {
            Issue.record("no check: \(reply)")
            return
        }
        #expect(check.problems.isEmpty)
    }

    /// Every post as `author, whom it answers, whom it mentions, comments, shares`, by its place.
    private static func posts(_ live: LiveNode) async throws -> [String] {
        try await live.node.database.read { store in
            try store.query(
                """
                SELECT u.username || ' re ' || coalesce(r.username, '-') || ' at ' || coalesce((
                        SELECT m.username FROM mentions JOIN users m ON m.id = account_id WHERE post_id = p.id), '-')
                    || ' depth ' || p.depth || ': ' || coalesce(c.comments, 0) || ' ' || coalesce(c.shares, 0)
                FROM posts p JOIN users u ON u.id = p.author_id LEFT JOIN users r ON r.id = p.reply_to_author
                LEFT JOIN post_counters c ON c.post_id = p.id ORDER BY (p.position >> 22), u.username, p.depth
                """, []
            ) { $0.text(0) }
        }
    }

    @Test("activities become comments, mentions and reposts, once, with their counters")
    func trace() async throws {
        try await LiveNode.run { live in
            let summary = try await Self.run(Self.trace, on: live)
            #expect(summary.posts == ImportedCounts(posts: 7, comments: 3, reposts: 5))
            #expect(summary.files.first?.skipped.total == 1)
            #expect(
                try await Self.posts(live) == [
                    "u2 re - at - depth 0: 2 1", "u1 re u2 at u2 depth 1: 1 0", "u2 re - at u1 depth 0: 0 1",
                    "u2 re u1 at u1 depth 2: 0 2", "u2 re - at - depth 0: 0 1", "u5 re - at - depth 0: 1 0",
                    "u5 re u5 at u5 depth 1: 0 0",
                ])
            try await Self.expectSound(live)
            #expect(try await Self.run(Self.trace, on: live).posts == ImportedCounts())
            try await Self.expectSound(live)
        }
    }

    @Test("what its author keeps from others is neither reposted nor answered")
    func closed() async throws {
        try await LiveNode.run { live in
            let (bob, carol) = (try await live.account("bob"), try await live.account("carol"))
            let dan = try await live.account("dan")
            for author in [bob, carol, dan] { try await live.publish(author) }
            try await live.setPrivate(bob, true)
            try await live.graph.block(dan, try await live.account("alice"))
            var draft = PostDraft(content: try PostContent("closed"))
            draft.sharePolicy = .nobody
            let post = try await live.posts.publish(draft, author: carol).card.post
            _ = try await live.posts.setCommentPolicy(.closed, of: post.id, viewer: carol)
            let now = live.clock.now / 1000 + 10
            let lines = ["bob", "dan", "carol"].map { "alice \($0) \(now) RT\nalice \($0) \(now) RE\n" }
            let summary = try await Self.run(lines.joined(), on: live)
            #expect(summary.posts == ImportedCounts(posts: 3, comments: 1, reposts: 1))
            let shown = try await live.posts.post(post.id, viewer: carol)
            #expect(shown.card.comments == 0 && shown.card.shares == 0)
            try await Self.expectSound(live)
        }
    }

    @Test("a made-up trace of thousands, in batches: all sound, and a second time nothing")
    func batches() async throws {
        try await LiveNode.run { live in
            let lines = SeededGraph(users: 200, edges: 900, activities: 9_000).activityLines.joined(separator: "\n")
            let counts = try await Self.run(lines, on: live).posts
            #expect(counts.reposts > 5_000 && counts.comments > 500 && counts.posts > 3_000)
            try await Self.expectSound(live)
            #expect(try await Self.run(lines, on: live).posts == ImportedCounts())
        }
    }
}
