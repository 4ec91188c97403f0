import Core
import EventLog
import Notifications
import Posts
import SocialGraph

extension FeatureTests {
    static func polls(_ town: Town, _ chronicle: Chronicle) async throws {
        let (alice, carol, dan) = (chronicle.id("alice"), chronicle.id("carol"), chronicle.id("dan"))
        var draft = PostDraft(content: try PostContent("tea?"))
        draft.poll = try PollDraft(options: ["yes", "no", "later"], isMultiple: true, hidesTotals: true, seconds: 600)
        let post = try await town.posts.publish(draft, author: alice).card.post.id
        _ = try await town.posts.vote(PollChoices([0, 2]), in: post, viewer: carol)
        _ = try await town.posts.vote(PollChoices([2]), in: post, viewer: dan)
        await chronicle.noteFailure("voting otherwise") {
            _ = try await town.posts.vote(PollChoices([1]), in: post, viewer: dan)
        }
        try await town.eventLog.drained()
        let poll = try await town.posts.post(post, viewer: carol)
        chronicle.note("votes", poll.card.poll.map { $0.votes + [$0.voters] } ?? [])
        chronicle.note("carol's", poll.flags.choices.indices)
        let later = WallClock { town.clock.now() + 700_000 }
        for _ in 0..<2 {
            try await PollClosing(database: town.database, clock: later, logger: Town.logger).closeDue()
            try await town.eventLog.drained()
        }
        await chronicle.noteFailure("voting late") {
            _ = try await town.posts.vote(PollChoices([1]), in: post, viewer: chronicle.id("bob"))
        }
        for name in ["alice", "carol", "dan"] {
            let page = try await town.notifications.page(
                of: chronicle.id(name), kind: .pollEnded, before: nil, limit: 5)
            chronicle.note("end told to \(name)", page.groups.map { "\($0.post?.card.poll?.isClosed ?? false)" })
        }
    }

    static func closeFriends(_ town: Town, _ chronicle: Chronicle) async throws {
        let (alice, carol) = (chronicle.id("alice"), chronicle.id("carol"))
        let draft = PostDraft(content: try PostContent("among friends"), visibility: .closeFriends)
        _ = try await town.posts.publish(draft, author: alice)
        try await chronicle.feed(of: "carol")
        let token = try await chronicle.token(of: "carol")
        try await town.graph.addCloseFriend(carol, of: alice)
        try await chronicle.list(.closeFriends(of: alice), as: "close friends")
        try await chronicle.since(token, of: "carol")
        try await chronicle.feed(of: "carol")
        try await chronicle.feed(of: "carol", cold: true)
        let list = try await town.posts.posts(of: alice, viewer: carol, before: .highest, limit: 50, replies: true)
        chronicle.note("alice's for carol", list.posts.count)
        try await town.graph.removeCloseFriend(carol, of: alice)
        try await chronicle.feed(of: "carol")
        try await town.graph.addCloseFriend(carol, of: alice)
    }
}
