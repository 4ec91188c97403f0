import SQL
import Timelines
import HTTPAPI
import EventLog
import Accounts
import Core
import Posts
import SocialGraph
import Testing

@testable import Starling

/// What a restriction hides is hidden from every answer that starts after its acknowledgement, while readers hammer.
@Suite("Privacy at once")
struct PrivacyTests {
    enum Restriction: CaseIterable, Sendable {
        case block, blockedBy, unfollow, mute, delete, hidePost, narrowPost, goPrivate, suspend, deleteAccount, unfriend

        /// Whether it hides more than the home feed.
        var hidesEverywhere: Bool { self != .unfollow && self != .mute }
        /// Whether the viewer follows the author before.
        var isAmongFollowers: Bool { self != .goPrivate && self != .narrowPost }
    }

    private static let rounds = 25

    @Test("no answer that starts after the acknowledgement shows what it hides", arguments: Restriction.allCases)
    func hiddenAtOnce(restriction: Restriction) async throws {
        try await LiveNode.run { live in
            let alice = try await live.account("alice")
            let targets = try await targets(live, alice, restriction)
            try await live.drained()
            let hidden = SharedPosts()
            let curtain = Curtain()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        while !curtain.hasFallen {
                            try await look(live, alice, targets, hidden, restriction)
                        }
                    }
                }
                for (author, post) in targets {
                    try await restrict(live, alice, author, post, restriction)
                    // The acknowledgement: what starts from here on shows it no more.
                    hidden.add([post])
                    try await Task.sleep(for: .milliseconds(4))
                }
                curtain.fall()
                try await group.waitForAll()
            }
        }
    }

    /// Authors with one post each, which alice sees.
    private func targets(
        _ live: LiveNode, _ alice: ID<Account>, _ restriction: Restriction
    ) async throws -> [(ID<Account>, ID<Post>)] {
        var targets: [(ID<Account>, ID<Post>)] = []
        for author in try await live.accounts("author", Self.rounds) {
            if restriction.isAmongFollowers { _ = try await live.graph.follow(alice, author) }
            if restriction == .unfriend { try await live.graph.addCloseFriend(alice, of: author) }
            let post = try await live.publish(
                author, "hello", restriction == .unfriend ? .closeFriends : .everyone)
            targets.append((author, post.id))
        }
        return targets
    }

    private func restrict(
        _ live: LiveNode, _ alice: ID<Account>, _ author: ID<Account>, _ post: ID<Post>, _ restriction: Restriction
    ) async throws {
        switch restriction {
        case .block: try await live.graph.block(alice, author)
        case .blockedBy: try await live.graph.block(author, alice)
        case .unfollow: _ = try await live.graph.unfollow(alice, author)
        case .mute: try await live.graph.mute(alice, author)
        case .delete: try await live.posts.delete(post, viewer: author)
        case .hidePost, .narrowPost:
            _ = try await live.posts.edit(
                post, content: try PostContent("hidden"), visibility: restriction == .hidePost ? .author : .followers,
                viewer: author)
        case .goPrivate: try await live.setPrivate(author, true)
        case .suspend: try await live.node.api.accounts.suspend(author)
        case .deleteAccount: try await live.node.api.accounts.delete(author)
        case .unfriend: try await live.graph.removeCloseFriend(alice, of: author)
        }
    }

    /// One look at everything; what was hidden before it began must not be in it.
    private func look(
        _ live: LiveNode, _ alice: ID<Account>, _ targets: [(ID<Account>, ID<Post>)],
        _ hidden: SharedPosts, _ restriction: Restriction
    ) async throws {
        let before = hidden.all
        let home = try await live.feed.page(of: alice, before: .highest, limit: 100).posts.map(\.card.post.id)
        #expect(before.isDisjoint(with: home), "in the home feed")
        let news = try await live.news(of: alice, since: 0, pageSize: 100).posts
        #expect(before.isDisjoint(with: news), "in the news")
        guard restriction.hidesEverywhere, let (author, post) = targets.randomElement() else { return }
        let isHidden = hidden.all.contains(post)
        let single = try await shown { [try await live.posts.post(post, viewer: alice)] }
        let list = try await shown {
            try await live.posts.posts(of: author, viewer: alice, before: .highest, limit: 20, replies: true).posts
        }
        #expect(!isHidden || !single.contains(post), "as a single post")
        #expect(!isHidden || !list.contains(post), "in the author's list")
    }

    /// The posts that a read answers with, none where it is refused.
    private func shown(_ read: () async throws -> [PostService.Shown]) async throws -> [ID<Post>] {
        do { return try await read().map(\.card.post.id) } catch is PostsError { return [] }
    }
}
