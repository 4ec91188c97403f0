import SQL
import SocialGraph
import HTTPAPI
import Accounts
import Core
import EventLog
import Posts
import TestSupport
import Testing
import Timelines

@testable import Starling

/// What became part of a feed since a reader last looked.
@Suite("News since the last look")
struct SinceTests {
    @Test("the first pages and all news together miss nothing", arguments: 0..<4)
    func missesNothing(seed: Int) async throws {
        try await LiveNode.run { live in
            let alice = try await live.account("alice")
            let authors = try await live.accounts("author", 8)
            for author in authors.prefix(4) { _ = try await live.graph.follow(alice, author) }
            var drafts: [(ID<Post>, ID<Account>)] = []
            for round in 0..<30 {
                for author in authors {
                    let visibility: Visibility = round % 3 == 0 ? .author : .everyone
                    let post = try await live.publish(author, "early \(round)", visibility)
                    if visibility == .author, author != authors[0] { drafts.append((post.id, author)) }
                }
            }
            let prepared = drafts
            let curtain = Curtain()
            let seen = SharedPosts()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await poll(live, alice, seen) { curtain.hasFallen } }
                try await withThrowingTaskGroup(of: Void.self) { writers in
                    writers.addTask { try await publish(live, Array(authors.dropFirst()), seed: seed) }
                    writers.addTask { try await open(live, prepared) }
                    writers.addTask { try await relate(live, alice, authors, seed: seed) }
                    try await writers.waitForAll()
                }
                try await live.drained()
                curtain.fall()
                try await group.waitForAll()
            }
            let missed = Set(try await live.home(of: alice, pageSize: 100)).subtracting(seen.all)
            #expect(missed.isEmpty, "missed \(missed.sorted())")
        }
    }

    /// Reads the feed once and asks for news from then on, a last time after everything was written.
    private func poll(
        _ live: LiveNode, _ viewer: ID<Account>, _ seen: SharedPosts,
        until isOver: @Sendable () -> Bool
    ) async throws {
        var latest = try await live.feed.page(of: viewer, before: .highest, limit: 20).latest
        let first = try await live.home(of: viewer, pageSize: 20)
        seen.add(first)
        var isLast = false
        while true {
            let news = try await live.news(of: viewer, since: latest, pageSize: 7)
            seen.add(news.posts)
            #expect(news.latest >= latest)
            latest = news.latest
            if isLast { return }
            isLast = isOver()
        }
    }

    private func publish(_ live: LiveNode, _ authors: [ID<Account>], seed: Int) async throws {
        var random = SeededGenerator(seed: seed)
        for round in 0..<200 {
            guard let author = authors.randomElement(using: &random) else { return }
            try await live.publish(author, "late \(round)")
        }
    }

    private func open(_ live: LiveNode, _ drafts: [(ID<Post>, ID<Account>)]) async throws {
        for (id, author) in drafts {
            _ = try await live.posts.edit(
                id, content: try PostContent("opened"), visibility: .everyone, viewer: author)
        }
    }

    private func relate(
        _ live: LiveNode, _ viewer: ID<Account>, _ authors: [ID<Account>], seed: Int
    ) async throws {
        for author in authors.dropFirst(4) {
            _ = try await live.graph.follow(viewer, author)
            try await live.graph.mute(viewer, author)
            try await live.node.api.accounts.suspend(authors[0])
            try await live.graph.unmute(viewer, author)
            try await live.node.api.accounts.reinstate(authors[0])
        }
    }

    @Test("a token older than what the log retains asks for a reload; one that was never given is refused")
    func retention() async throws {
        try await LiveNode.run { live in
            let alice = try await live.account("alice")
            let old = try await live.feed.page(of: alice, before: .highest, limit: 20).latest
            try await live.publish(alice)
            try await live.drained()
            live.clock.step(8 * 86_400_000)
            try await live.publish(alice)
            try await live.drained()
            let retention = OutboxRetention(
                database: live.node.database, retention: .seconds(7 * 86_400), clock: live.clock.wall,
                logger: LiveNode.logger)
            // A quiet group's offset is stored now and then only, and holds the log until it is.
            _ = try await live.node.database.write { store in
                try store.execute(
                    "UPDATE consumer_offsets SET event_offset = (SELECT max(event_offset) FROM outbox)", [])
            }
            #expect(try await retention.prune() > 0)
            await #expect(throws: FeedError.reload) { try await live.news(of: alice, since: old, pageSize: 20) }
            let latest = try await live.feed.page(of: alice, before: .highest, limit: 20).latest
            #expect(try await live.news(of: alice, since: latest, pageSize: 20).posts.isEmpty)
            await #expect(throws: FeedError.unknownToken) {
                try await live.news(of: alice, since: latest + 1, pageSize: 20)
            }
        }
    }

    @Test("a bulk import between two looks asks for a reload")
    func bulkImport() async throws {
        try await LiveNode.run { live in
            let alice = try await live.account("alice")
            let latest = try await live.feed.page(of: alice, before: .highest, limit: 20).latest
            let post = ImportedPost(author: alice, content: "old", writtenAt: 1_500_000_000_000)
            _ = try await live.posts.importPosts([post], checkpoint: ImportCheckpoint(source: "test", linesDone: 1))
            try await live.drained()
            await #expect(throws: FeedError.reload) { try await live.news(of: alice, since: latest, pageSize: 20) }
        }
    }
}
