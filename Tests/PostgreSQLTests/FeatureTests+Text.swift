import Core
import SQL

@testable import Posts

extension FeatureTests {
    static func mentions(_ town: Town, _ chronicle: Chronicle) async throws {
        let author = chronicle.id("alice")
        func note(_ what: String) async throws {
            let rows = try await town.database.read { store in
                try store.query(
                    "SELECT u.username FROM mentions m JOIN users u ON u.id = m.account_id ORDER BY u.username", []
                ) { $0.text(0) }
            }
            chronicle.note(what, rows)
        }
        let draft = PostDraft(content: try PostContent("@Dan, @dan, @nobody1 and @carol"))
        let post = try await town.posts.publish(draft, author: author).card.post.id
        try await note("mentioned")
        let dialect = town.database.dialect
        let loaded = try await town.database.read { try PostQueries.cards([post], dialect: dialect, $0) }
        chronicle.note("loaded with", loaded.map(\.byteCount))
        _ = try await town.posts.edit(
            post, content: try PostContent("@bob instead"), visibility: nil, viewer: author)
        try await note("mentioned after the edit")
        try await town.posts.delete(post, viewer: author)
        try await note("mentioned after its end")
    }
}
