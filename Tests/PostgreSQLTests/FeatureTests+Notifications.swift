import Accounts
import Core
import Engagement
import EventLog
import Posts
import SQL
import SocialGraph

@testable import Notifications

extension FeatureTests {
    static func notifications(_ town: Town, _ chronicle: Chronicle) async throws {
        func note(_ name: String) async throws {
            try await town.eventLog.drained()
            var lines: [String] = []
            var before: Int64?
            repeat {
                let page = try await town.notifications.page(
                    of: chronicle.id(name), kind: nil, before: before, limit: 2)
                lines += page.groups.map { group in
                    let names = group.actors.map(\.account.username).joined(separator: " ")
                    return "\(group.kind.name) by \(names) (\(group.actorsCount))\(group.isRead ? " read" : "")"
                }
                before = page.next
            } while before != nil
            chronicle.note("told to \(name)", lines.sorted())
        }
        let (alice, carol, dan) = (chronicle.id("alice"), chronicle.id("carol"), chronicle.id("dan"))
        let draft = PostDraft(content: try PostContent("hello @dan and @carol"))
        let post = try await town.posts.publish(draft, author: alice).card.post.id
        for reader in [carol, dan] { _ = try await town.reactions.react(.love, to: post, viewer: reader) }
        _ = try await town.posts.share(post, viewer: dan)
        var quoting = PostDraft(content: try PostContent("see"))
        quoting.quoteOf = post
        _ = try await town.posts.publish(quoting, author: carol)
        let answer = PostDraft(content: try PostContent("yes @dan"), replyTo: post)
        let comment = try await town.posts.publish(answer, author: carol).card.post.id
        for name in ["alice", "carol", "dan"] { try await note(name) }
        try await town.notifications.read(through: nil, viewer: alice)
        try await town.reactions.unreact(to: post, viewer: carol)
        try await town.posts.unshare(post, viewer: dan)
        try await note("alice")
        _ = try await town.reactions.react(.wow, to: post, viewer: carol)
        try await town.posts.delete(comment, viewer: carol)
        _ = try await town.posts.edit(
            post, content: try PostContent("hello @carol"), visibility: nil, viewer: alice)
        for name in ["alice", "carol", "dan"] { try await note(name) }
        try await town.graph.mute(alice, dan)
        try await note("alice")
        try await town.graph.unmute(alice, dan)
        try await town.posts.delete(post, viewer: alice)
        for name in ["alice", "carol", "dan"] { try await note(name) }
    }
}
