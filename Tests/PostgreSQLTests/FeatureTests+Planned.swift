import Core
import Engagement
import EventLog
import Posts

extension FeatureTests {
    static func planned(_ town: Town, _ chronicle: Chronicle) async throws {
        let (alice, dan) = (chronicle.id("alice"), chronicle.id("dan"))
        func list(_ what: String) async throws {
            let page = try await town.posts.planned(.scheduled, of: alice, before: nil, limit: 10)
            chronicle.note(what, page.posts.map { "\($0.draft.content.text) \($0.failure?.name ?? "waits")" })
        }
        let quoted = try await town.posts.publish(PostDraft(content: PostContent("quote me")), author: dan)
        var draft = PostDraft(content: try PostContent("a plan"), visibility: .followers)
        draft.poll = try PollDraft(options: ["a", "b"], isMultiple: false, hidesTotals: false, seconds: 600)
        let time = town.clock.now() + 60_000
        let first = try await town.posts.plan(draft, at: time, author: alice)
        var quote = PostDraft(content: try PostContent("a quote"))
        quote.quoteOf = quoted.card.post.id
        _ = try await town.posts.plan(quote, at: time + 1, author: alice)
        try await list("planned")
        draft = PostDraft(content: try PostContent("a changed plan"), visibility: .followers)
        _ = try await town.posts.replacePlanned(first.id, with: draft, at: time, author: alice)
        try await town.posts.delete(quoted.card.post.id, viewer: dan)
        let publishing = ScheduledPublishing(
            posts: town.posts, clock: WallClock { town.clock.now() + 100_000 }, logger: Town.logger)
        try await publishing.publishDue()
        try await list("planned after their time")
        let kept = try await town.posts.plan(PostDraft(content: PostContent("a draft")), at: nil, author: alice)
        async let one = town.posts.publishDraft(kept.id, author: alice)
        async let other = town.posts.publishDraft(kept.id, author: alice)
        var published = 0
        do { if try await one.card.post.author == alice { published += 1 } } catch is PostsError {}
        do { if try await other.card.post.author == alice { published += 1 } } catch is PostsError {}
        chronicle.note("a draft published twice at once", published)
        try await chronicle.feed(of: "dan")
    }

    static func views(_ town: Town, _ chronicle: Chronicle) async throws {
        let (alice, dan) = (chronicle.id("alice"), chronicle.id("dan"))
        let post = try await town.posts.publish(PostDraft(content: PostContent("look")), author: alice).card.post.id
        for _ in 0..<2 { try await town.posts.noteSeen([post, ID(17)], by: dan) }
        _ = try await town.reactions.react(.like, to: post, viewer: dan)
        try await town.eventLog.drained()
        let stats = try await town.posts.stats(of: post, viewer: alice)
        chronicle.note(
            "stats", [stats.views, stats.reach] + stats.days.flatMap { [$0.views, $0.reach, $0.reactions] })
        chronicle.note("views purged", try await town.posts.purgeViews())
    }
}
