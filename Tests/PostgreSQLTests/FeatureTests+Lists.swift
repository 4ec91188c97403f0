import Core
import Posts
import SQL
import Timelines

@testable import SocialGraph

extension FeatureTests {
    static func lists(_ town: Town, _ chronicle: Chronicle) async throws {
        let (owner, member) = (chronicle.id("dan"), chronicle.id("alice"))
        let graph = town.graph
        _ = try await graph.follow(owner, member)
        let list = try await graph.makeList(ListChanges(title: "Größe 東京"), viewer: owner).id
        await chronicle.noteFailure("a stranger on a list") {
            _ = try await graph.addMembers([ID(17)], to: list, viewer: owner)
        }
        let added = try await graph.addMembers([member, member], to: list, viewer: owner)
        chronicle.note("on the list", [added.title, "\(added.membersCount)", added.replies.name])
        func note(_ what: String) async throws {
            let scope = try await graph.scope(of: list, viewer: owner)
            let page = try await town.feed.page(of: scope, viewer: owner, before: .highest, limit: 50)
            chronicle.note(what, page.posts.map(\.card.content))
            let members = try await graph.members(of: list, viewer: owner, before: nil, limit: 5)
            chronicle.note(what + ", members", members.accounts.map(\.account.username))
            let relations = try await town.database.read { try GraphQueries.relations(of: owner, $0) }
            chronicle.note(what + ", out of the home feed", relations.exclusive.count)
        }
        let draft = PostDraft(content: try PostContent("for those who keep lists"))
        _ = try await town.posts.publish(draft, author: member)
        try await note("feed of the list")
        _ = try await graph.changeList(list, ListChanges(isExclusive: true, replies: ListedReplies.none), viewer: owner)
        try await note("feed of the exclusive list")
        let lists = try await graph.accountLists(of: owner, before: nil, limit: 5).lists
        chronicle.note("lists", lists.map { "\($0.title) \($0.isExclusive) \($0.replies.name) \($0.membersCount)" })
        await chronicle.noteFailure("somebody else's list") { try await graph.deleteList(list, viewer: member) }
        _ = try await graph.unfollow(owner, member)
        try await note("feed without whom one does not follow")
        _ = try await graph.follow(owner, member)
        _ = try await graph.addMembers([member], to: list, viewer: owner)
        try await graph.removeMember(member, from: list, viewer: owner)
        try await note("feed of nobody")
        try await graph.deleteList(list, viewer: owner)
        chronicle.note("lists then", try await graph.accountLists(of: owner, before: nil, limit: 5).lists.count)
    }
}
