import Accounts
import Core
import Posts
import SocialGraph
import Synchronization
import Testing

@testable import Starling
@testable import Timelines

/// A reader whose token was given by a process that is further than the one that is asked.
@Suite("News, where this process is behind the token")
struct SinceLagTests {
    @Test("the token is good: the answer is empty, gives it back, and nothing is lost")
    func behind() async throws {
        try await Pair.run { pair in
            let feed = pair.feed { pair.offset.withLock { $0 } }
            for lag in [0, pair.token - 1] {
                pair.offset.withLock { $0 = lag }
                let page = try await feed.page(
                    of: pair.alice, since: pair.token, through: nil, before: .highest, limit: 20)
                #expect(page.posts.isEmpty && page.next == nil && page.latest == pair.token)
            }
            let post = try await pair.live.publish(pair.bob)
            try await pair.live.drained()
            pair.offset.withLock { $0 = pair.live.feed.reached }
            let news = try await feed.page(
                of: pair.alice, since: pair.token, through: nil, before: .highest, limit: 20)
            #expect(news.posts.map(\.card.post.id) == [post.id])
            #expect(news.latest == pair.live.feed.reached)
        }
    }

    @Test("a later page of news asks to go on from the same place")
    func laterPage() async throws {
        try await Pair.run { pair in
            let posts = [try await pair.live.publish(pair.bob), try await pair.live.publish(pair.bob)]
            try await pair.live.drained()
            let first = try await pair.live.feed.page(
                of: pair.alice, since: pair.token, through: nil, before: .highest, limit: 1)
            let place = try #require(first.next)
            pair.offset.withLock { $0 = pair.token }
            let feed = pair.feed { pair.offset.withLock { $0 } }
            let page = try await feed.page(
                of: pair.alice, since: pair.token, through: first.latest, before: place, limit: 1)
            #expect(page.posts.isEmpty && page.next == place && page.latest == first.latest)
            pair.offset.withLock { $0 = first.latest }
            let second = try await feed.page(
                of: pair.alice, since: pair.token, through: page.latest, before: place, limit: 1)
            #expect((first.posts + second.posts).map(\.card.post.id) == posts.reversed().map(\.id))
        }
    }

    @Test("a process that catches up while it is asked answers with what is new")
    func catchesUp() async throws {
        try await Pair.run { pair in
            let token = try await pair.live.feed.page(of: pair.alice, before: .highest, limit: 20).latest
            let asked = Mutex(0)
            let feed = pair.feed {
                asked.withLock { asked in
                    asked += 1
                    return asked > 3 ? pair.live.feed.reached : 0
                }
            }
            let post = try await pair.live.publish(pair.bob)
            try await pair.live.drained()
            var news = try await feed.page(of: pair.alice, since: token, through: nil, before: .highest, limit: 20)
            #expect(asked.withLock { $0 } > 1)
            // A machine that is busy may need longer than it waits.
            if news.posts.isEmpty {
                #expect(news.latest == token)
                news = try await feed.page(of: pair.alice, since: token, through: nil, before: .highest, limit: 20)
            }
            #expect(news.posts.map(\.card.post.id) == [post.id])
        }
    }

    @Test("a token from beyond the log is refused, however far this process is")
    func unknown() async throws {
        try await Pair.run { pair in
            for feed in [pair.live.feed, pair.feed { 0 }] {
                await #expect(throws: FeedError.unknownToken) {
                    try await feed.page(of: pair.alice, since: .max, through: nil, before: .highest, limit: 20)
                }
            }
        }
    }

    /// A node that gave alice, who follows bob, a token, and another that reads the same and has come to `offset`.
    private final class Pair: Sendable {
        let live: LiveNode
        let alice: ID<Account>
        let bob: ID<Account>
        let token: Int64
        let offset = Mutex<Int64>(0)

        static func run(_ body: @Sendable (Pair) async throws -> Void) async throws {
            try await LiveNode.run { live in try await body(try await Pair(live)) }
        }

        private init(_ live: LiveNode) async throws {
            self.live = live
            alice = try await live.account("alice")
            bob = try await live.account("bob")
            _ = try await live.graph.follow(alice, bob)
            try await live.publish(bob)
            try await live.drained()
            token = try await live.feed.page(of: alice, before: .highest, limit: 20).latest
        }

        func feed(_ reached: @escaping @Sendable () -> Int64) -> FeedReader {
            let feed = live.feed
            return FeedReader(
                database: feed.database, directory: feed.directory, relations: feed.relations, library: feed.library,
                marks: feed.marks, home: feed.home, users: feed.users, pulled: feed.pulled, source: feed.source,
                clock: feed.clock, fanOutOffset: reached)
        }
    }
}
