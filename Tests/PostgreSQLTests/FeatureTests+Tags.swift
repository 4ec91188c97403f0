import Accounts
import Core
import SQL

@testable import Posts

extension FeatureTests {
    static func tags(_ town: Town, _ chronicle: Chronicle) async throws {
        let (author, reader) = (chronicle.id("alice"), chronicle.id("dan"))
        func publish(_ text: String) async throws -> ID<Post> {
            let draft = PostDraft(content: try PostContent(text))
            return try await town.posts.publish(draft, author: author).card.post.id
        }
        func note(_ what: String, _ tag: String) async throws {
            let page = try await town.posts.posts(tagged: tag, viewer: reader, before: .highest, limit: 2)
            chronicle.note(what, page.posts.map(\.card.content) + [page.next == nil ? "" : "more"])
        }
        let first = try await publish("one #Größe #東京")
        for text in ["two #größe", "three #GRÖSSE", "four #東京"] { _ = try await publish(text) }
        try await note("tagged", "größe")
        _ = try await town.posts.edit(first, content: PostContent("#東京 alone"), visibility: nil, viewer: author)
        try await note("tagged after the edit", "Größe")
        for tag in ["Größe", "größe", "東京"] { try await town.posts.followTag(tag, viewer: reader) }
        chronicle.note("followed tags", try await town.posts.followedTags(of: reader))
        var before: Position? = .highest
        while let place = before {
            let page = try await town.posts.postsOfFollowedTags(viewer: reader, before: place, limit: 2)
            chronicle.note("feed of tags", page.posts.map(\.card.content))
            before = page.next
        }
        try await town.posts.unfollowTag("東京", viewer: reader)
        chronicle.note("followed tags then", try await town.posts.followedTags(of: reader))
        let now = Snowflake(rawValue: first.rawValue).unixMilliseconds
        _ = try await town.posts.publish(PostDraft(content: try PostContent("#größe")), author: reader)
        let dialect = town.database.dialect
        let trends = try await town.database.read {
            try TrendingTags.reckon(.week, now: now, dialect: dialect, $0)
        }
        chronicle.note("trends", trends.map { "\($0.tag) \($0.authors)" })
        try await town.posts.delete(first, viewer: author)
        try await note("tagged after its end", "東京")
    }
}
