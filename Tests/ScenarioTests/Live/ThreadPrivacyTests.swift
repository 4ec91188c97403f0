import Accounts
import Core
import HTTPAPI
import Posts
import SocialGraph
import Testing
import Timelines

@testable import Starling

/// What closes a post closes what is said below it, for every answer that starts after the acknowledgement, while readers hammer.
@Suite("Privacy of threads at once")
struct ThreadPrivacyTests {
    enum Closing: CaseIterable, Sendable {
        case forFollowers, forFriends, forAuthor, goPrivate, block, blockedBy
    }

    /// A post of an author whom alice does not follow, and below it the answer of one whom she follows to another.
    private struct Target: Sendable {
        let author: ID<Account>
        let root: ID<Post>
        let comment: ID<Post>
    }

    private static let rounds = 25

    @Test(
        "no answer that starts after the acknowledgement shows a comment below what is closed",
        arguments: Closing.allCases)
    func hiddenAtOnce(closing: Closing) async throws {
        try await LiveNode.run { live in
            let alice = try await live.account("alice")
            let targets = try await targets(live, alice)
            try await live.drained()
            let home = try await live.feed.page(of: alice, before: .highest, limit: 100).posts.map(\.card.post.id)
            #expect(Set(home) == Set(targets.map(\.comment)))
            #expect(warmPage(live, alice)?.contains("\(home[0])") == true)
            let (hidden, curtain) = (SharedPosts(), Curtain())
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        while !curtain.hasFallen { try await look(live, alice, targets, hidden) }
                    }
                }
                // The newest first: timelines in memory are short here.
                for target in targets.reversed() {
                    try await close(target, closing, live, alice)
                    // The acknowledgement: what starts from here on shows it no more.
                    hidden.add([target.comment])
                    // Some looks at what the rest is like in memory.
                    try await Task.sleep(for: .milliseconds(4))
                }
                curtain.fall()
                try await group.waitForAll()
            }
        }
    }

    private func targets(_ live: LiveNode, _ alice: ID<Account>) async throws -> [Target] {
        let (carol, dan) = (try await live.account("carol"), try await live.account("dan"))
        for account in [carol, dan] { _ = try await live.graph.follow(alice, account) }
        var targets: [Target] = []
        for author in try await live.accounts("author", Self.rounds) {
            let root = try await live.publish(author).id
            let above = try await live.posts.publish(
                PostDraft(content: try PostContent("above"), replyTo: root), author: dan)
            let comment = try await live.posts.publish(
                PostDraft(content: try PostContent("below"), replyTo: above.card.post.id), author: carol)
            targets.append(Target(author: author, root: root, comment: comment.card.post.id))
        }
        return targets
    }

    private func close(
        _ target: Target, _ closing: Closing, _ live: LiveNode, _ alice: ID<Account>
    ) async throws {
        func edit(_ visibility: Visibility) async throws {
            _ = try await live.posts.edit(
                target.root, content: try PostContent("hello"), visibility: visibility, viewer: target.author)
        }
        switch closing {
        case .forFollowers: try await edit(.followers)
        case .forFriends: try await edit(.closeFriends)
        case .forAuthor: try await edit(.author)
        case .goPrivate: try await live.setPrivate(target.author, true)
        case .block: try await live.graph.block(alice, target.author)
        case .blockedBy: try await live.graph.block(target.author, alice)
        }
    }

    /// Nil where memory does not suffice.
    private func warmPage(_ live: LiveNode, _ alice: ID<Account>) -> String? {
        let bytes = [UInt8](splicing: 65_536) { splicer in
            live.feed.layWarmPage(of: alice, before: .highest, limit: 5, to: &splicer)
        }
        return bytes.map { String(decoding: $0, as: UTF8.self) }
    }

    /// One look at everything; what was hidden before it began must not be in it.
    private func look(
        _ live: LiveNode, _ alice: ID<Account>, _ targets: [Target], _ hidden: SharedPosts
    ) async throws {
        let before = hidden.all
        let warm = warmPage(live, alice) ?? ""
        #expect(!before.contains { warm.contains("\"post_id\":\"\($0)\"") }, "in the warm feed")
        let home = try await live.feed.page(of: alice, before: .highest, limit: 100).posts.map(\.card.post.id)
        #expect(before.isDisjoint(with: home), "in the home feed")
        guard let target = targets.randomElement() else { return }
        let isHidden = hidden.all.contains(target.comment)
        let warmPost = live.posts.cachedPost(target.comment, viewer: alice)
        #expect(!isHidden || warmPost == nil, "as a warm post")
        let posts = try await live.posts.posts([target.comment], viewer: alice)
        #expect(!isHidden || posts.isEmpty, "as a single post")
    }
}
