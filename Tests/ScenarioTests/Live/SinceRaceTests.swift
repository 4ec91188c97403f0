import Accounts
import Core
import EventLog
import HTTPAPI
import Posts
import SQL
import SocialGraph
import TestSupport
import Testing
import Timelines

@testable import Starling

/// The narrow moments in which a reader of news could pass over something, held open.
@Suite("News, between the steps of a commit")
struct SinceRaceTests {
    enum Arrival: CaseIterable, Sendable {
        case post, ownPost, opened, follow, unmute, reinstatement
    }

    @Test(
        "what was committed but not announced yet is in the page or in the news after it", arguments: Arrival.allCases)
    func unannounced(arrival: Arrival) async throws {
        try await Town.run { town in
            let post = try await town.prepare(arrival)
            town.database.hold()
            let arrived = try #require(try await town.bring(arrival, post))
            try await town.drain()
            let page = try await town.feed.page(of: town.alice, before: .highest, limit: 20)
            let news = try await town.feed.page(
                of: town.alice, since: town.start, through: nil, before: .highest, limit: 20)
            town.database.release()
            try await town.drain()
            let afterPage = try await town.news(since: page.latest)
            let afterNews = try await town.news(since: news.latest)
            #expect((page.posts.map(\.card.post.id) + afterPage).contains(arrived))
            #expect((news.posts.map(\.card.post.id) + afterNews).contains(arrived))
        }
    }

    @Test("what comes between the steps of a look is in it or in the next", arguments: Arrival.allCases)
    func betweenSteps(arrival: Arrival) async throws {
        try await Town.run { town in
            let post = try await town.prepare(arrival)
            town.database.beforeNextRead {
                _ = try await town.bring(arrival, post)
                try await town.drain()
            }
            let news = try await town.feed.page(
                of: town.alice, since: town.start, through: nil, before: .highest, limit: 20)
            let after = try await town.news(since: news.latest)
            let home = try await town.feed.page(of: town.alice, before: .highest, limit: 20)
            let arrived = try #require(home.posts.first?.card.post.id)
            #expect((news.posts.map(\.card.post.id) + after).contains(arrived))
        }
    }

    /// Alice and bob, on a store with hooks.
    private struct Town: Sendable {
        let database: HookedDatabase
        let node: Node
        let alice: ID<Account>
        let bob: ID<Account>
        /// The token of alice's last look.
        let start: Int64

        var feed: FeedReader { node.api.feed }

        static func run(_ body: (Town) async throws -> Void) async throws {
            let folder = try TemporaryFolder()
            let base = try SQLiteDatabase(path: folder.file("town.db"))
            try await Migrator(Node.migrations).migrate(base)
            let database = HookedDatabase(base)
            let node = try await Node.wired(
                on: .only(database), settings: .small, logger: LiveNode.logger, clock: TestClock().wall)
            let accounts = node.api.accounts
            let alice = try await accounts.createAccount(try Username("alice")).id
            let bob = try await accounts.createAccount(try Username("bob")).id
            try await body(Town(database: database, node: node, alice: alice, bob: bob, start: 0).settled())
            try await node.close()
        }

        /// After a look, so that everything is warm.
        private func settled() async throws -> Town {
            try await drain()
            let page = try await feed.page(of: alice, before: .highest, limit: 20)
            return Town(database: database, node: node, alice: alice, bob: bob, start: page.latest)
        }

        func drain() async throws {
            for service in node.services { try await (service as? ConsumerRunner)?.drain() }
        }

        func news(since: Int64) async throws -> [ID<Post>] {
            try await feed.page(of: alice, since: since, through: nil, before: .highest, limit: 20)
                .posts.map(\.card.post.id)
        }

        /// Brings about what has to stand before; alice has looked since.
        func prepare(_ arrival: Arrival) async throws -> ID<Post>? {
            if arrival != .follow { _ = try await node.api.graph.follow(alice, bob) }
            try await drain()
            var post: ID<Post>?
            if arrival != .post, arrival != .ownPost {
                post = try await publish(bob, arrival == .opened ? .author : .everyone)
            }
            if arrival == .unmute { try await node.api.graph.mute(alice, bob) }
            if arrival == .reinstatement { try await node.api.accounts.suspend(bob) }
            try await drain()
            _ = try await feed.page(of: alice, before: .highest, limit: 20)
            return post
        }

        /// - Returns: what becomes part of alice's feed.
        func bring(_ arrival: Arrival, _ post: ID<Post>?) async throws -> ID<Post>? {
            switch arrival {
            case .post: return try await publish(bob, .everyone)
            case .ownPost: return try await publish(alice, .everyone)
            case .opened:
                guard let post else { return nil }
                _ = try await node.api.posts.edit(
                    post, content: try PostContent("opened"), visibility: .everyone, viewer: bob)
            case .follow: _ = try await node.api.graph.follow(alice, bob)
            case .unmute: try await node.api.graph.unmute(alice, bob)
            case .reinstatement: try await node.api.accounts.reinstate(bob)
            }
            return post
        }

        private func publish(_ author: ID<Account>, _ visibility: Visibility) async throws -> ID<Post> {
            let draft = PostDraft(content: try PostContent("hello"), visibility: visibility)
            return try await node.api.posts.publish(draft, author: author).card.post.id
        }
    }
}
