import SQL
import Timelines
import SocialGraph
import HTTPAPI
import EventLog
import Accounts
import Core
import Posts
import TestSupport
import Testing

@testable import Starling

/// Readers that page to the end while others write.
@Suite("Paging under concurrent writes")
struct PagingTests {
    private static let passes = 6

    @Test("each post that was there throughout appears exactly once")
    func nothingShifts() async throws {
        try await LiveNode.run { live in
            let alice = try await live.account("alice")
            let authors = try await live.accounts("author", 6)
            let strangers = try await live.accounts("stranger", 12)
            for author in authors { _ = try await live.graph.follow(alice, author) }
            var lasting: [ID<Post>] = []
            for round in 0..<40 {
                for author in authors { lasting.append(try await live.publish(author, "lasting \(round)").id) }
            }
            try await live.drained()
            let expected = Array(lasting.reversed())
            let curtain = Curtain()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<3 {
                    group.addTask { try await write(live, authors, seed: writer) { curtain.hasFallen } }
                }
                group.addTask {
                    try await meddle(live, alice, authors, strangers) { curtain.hasFallen }
                }
                try await withThrowingTaskGroup(of: Void.self) { readers in
                    for size in [1, 3, 7, 20] {
                        readers.addTask { try await read(live, alice, expected, size) }
                    }
                    try await readers.waitForAll()
                }
                curtain.fall()
                try await group.waitForAll()
            }
        }
    }

    private func read(_ live: LiveNode, _ viewer: ID<Account>, _ expected: [ID<Post>], _ size: Int) async throws {
        let lasting = Set(expected)
        for pass in 0..<(size == 1 ? 2 : Self.passes) {
            let shown = try await live.home(of: viewer, pageSize: size)
            let found = shown.filter(lasting.contains)
            let lost = lasting.subtracting(found)
            #expect(found == expected, "pages of \(size), pass \(pass): \(lost.count) lost")
            #expect(Set(shown).count == shown.count, "pages of \(size), pass \(pass): shown twice")
        }
    }

    /// Posts come and go.
    private func write(
        _ live: LiveNode, _ authors: [ID<Account>], seed: Int, until isOver: @Sendable () -> Bool
    ) async throws {
        var random = SeededGenerator(seed: seed)
        var own: [(ID<Post>, ID<Account>)] = []
        while !isOver() {
            if let author = authors.randomElement(using: &random) {
                own.append((try await live.publish(author, "passing").id, author))
            }
            guard own.count > 20 else { continue }
            let (id, author) = own.remove(at: Int.random(in: 0..<own.count, using: &random))
            try await live.posts.delete(id, viewer: author)
        }
    }

    /// Follows come and go, so that floors rise and authors cross the pull threshold; timelines are dropped.
    private func meddle(
        _ live: LiveNode, _ viewer: ID<Account>, _ authors: [ID<Account>], _ strangers: [ID<Account>],
        until isOver: @Sendable () -> Bool
    ) async throws {
        for (index, stranger) in strangers.enumerated() { try await live.publish(stranger, "stranger \(index)") }
        var round = 0
        while !isOver() {
            round += 1
            let other = strangers[round % strangers.count]
            _ = try await live.graph.follow(viewer, other)
            for fan in strangers { _ = try await live.graph.follow(fan, authors[round % 6]) }
            if round % 5 == 0 { live.node.home.drop(viewer) }
            if round % 7 == 0 { live.node.users.dropAll() }
            _ = try await live.graph.unfollow(viewer, other)
            for fan in strangers { _ = try await live.graph.unfollow(fan, authors[round % 6]) }
            try await Task.sleep(for: .milliseconds(1))
        }
    }
}
