import Accounts
import Core
import HTTPAPI
import Posts
import SQL
import SocialGraph
import Telemetry
import TestSupport
import Testing
import Timelines

@testable import Starling

/// What the store is asked about threads is what readers are shown of them.
@Suite("Threads in SQL")
struct ThreadSQLTests {
    private enum End: CaseIterable {
        case none, isPrivate, isDeleted, isSuspended
    }

    private enum Viewer: String, CaseIterable {
        case stranger, follower, friend, blocked, blocking, gina
    }

    @Test("the store's answer to who may see a thread is that of readers, and feeds are what the check says")
    func agreement() async throws {
        try await LiveNode.run { live in
            let (carol, dan) = (try await live.account("carol"), try await live.account("dan"))
            let eve = try await live.account("eve")
            var viewers: [Viewer: ID<Account>] = [:]
            for viewer in Viewer.allCases {
                let account = try await live.account(viewer.rawValue)
                for other in [carol, dan] { _ = try await live.graph.follow(account, other) }
                // She has comments by reposts alone.
                if viewer == .gina { _ = try await live.graph.follow(eve, account) }
                viewers[viewer] = account
            }
            var comments: [ID<Post>] = []
            for visibility in Visibility.allCases {
                for end in End.allCases {
                    let (author, root) = try await self.root(live, viewers, "\(visibility)_\(end)".lowercased())
                    let above = try await comment(live, below: root, by: dan)
                    comments.append(try await comment(live, below: above, by: carol))
                    if let gina = viewers[.gina] { _ = try await live.posts.share(comments.last ?? root, viewer: gina) }
                    try await close(live, root, of: author, visibility, end)
                }
            }
            try await live.drained()
            var answers: Set<Bool> = []
            for viewer in [carol, eve] + viewers.values {
                let shown = Set(try await live.posts.posts(comments, viewer: viewer).map(\.card.post.id))
                for comment in comments {
                    let isOpen = try await live.node.database.read {
                        try PostQueries.isThread(of: comment, openTo: viewer, $0)
                    }
                    #expect(isOpen == shown.contains(comment), "\(viewer) \(comment)")
                    answers.insert(isOpen)
                }
                _ = try await live.home(of: viewer, pageSize: 20)
            }
            #expect(answers == [true, false])
            let report = try await StoreCheck(
                database: live.node.database, eventLog: live.node.eventLog, feed: live.feed, home: live.node.home,
                metrics: MetricsRegistry()
            ).run(sample: 100, repair: false)
            #expect(report.problems == [])
        }
    }

    private func root(
        _ live: LiveNode, _ viewers: [Viewer: ID<Account>], _ name: String
    ) async throws -> (author: ID<Account>, root: ID<Post>) {
        let author = try await live.account(name)
        for (viewer, account) in viewers {
            switch viewer {
            case .follower: _ = try await live.graph.follow(account, author)
            case .friend: try await live.graph.addCloseFriend(account, of: author)
            case .blocked: try await live.graph.block(author, account)
            case .blocking: try await live.graph.block(account, author)
            case .stranger, .gina: break
            }
        }
        return (author, try await live.publish(author).id)
    }

    private func comment(_ live: LiveNode, below post: ID<Post>, by author: ID<Account>) async throws -> ID<Post> {
        live.clock.step(3)
        let draft = PostDraft(content: try PostContent("#comment"), replyTo: post)
        return try await live.posts.publish(draft, author: author).card.post.id
    }

    private func close(
        _ live: LiveNode, _ root: ID<Post>, of author: ID<Account>, _ visibility: Visibility, _ end: End
    ) async throws {
        _ = try await live.posts.edit(
            root, content: try PostContent("closed"), visibility: visibility, viewer: author)
        switch end {
        case .none: break
        case .isPrivate: try await live.setPrivate(author, true)
        case .isDeleted: try await live.posts.delete(root, viewer: author)
        case .isSuspended: try await live.node.api.accounts.suspend(author)
        }
    }
}
