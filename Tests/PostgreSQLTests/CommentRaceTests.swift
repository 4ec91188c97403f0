import Accounts
import Core
import SQL
import TestSupport
import Testing

@testable import Posts

@Suite("Comments under races")
struct CommentRaceTests {
    @Test(
        "whatever is answered and deleted at once, every comment is within reach and no place is left",
        arguments: [true, false])
    func races(onServer: Bool) async throws {
        let database: any Database =
            onServer
            ? try await Server.open(Server.settings())
            : try SQLiteDatabase(path: TemporaryFolder().file("comments.db"))
        try await Town.run(on: database) { town in
            let chronicle = Chronicle(town)
            for name in ["alice", "bob"] { try await chronicle.join(name) }
            let (alice, bob) = (chronicle.id("alice"), chronicle.id("bob"))
            func publish(by author: ID<Account>, on post: ID<Post>? = nil) async throws -> ID<Post> {
                let draft = PostDraft(content: try PostContent("a comment"), replyTo: post)
                return try await town.posts.publish(draft, author: author).card.post.id
            }
            let root = try await publish(by: alice)
            for _ in 0..<15 {
                let top = try await publish(by: alice, on: root)
                let middle = try await publish(by: alice, on: top)
                // Both of those that hang below go at once, while somebody answers one.
                let other = try await publish(by: alice, on: top)
                try await town.posts.delete(top, viewer: alice)
                async let one: Void = town.posts.delete(middle, viewer: alice)
                async let two: Void = town.posts.delete(other, viewer: alice)
                async let answer = outcome { _ = try await publish(by: bob, on: middle) }
                (_, _) = (try await one, try await two)
                let wasAnswered = await answer == nil
                let rows = try await listed(town.database)
                #expect(rows == (wasAnswered ? [5, 5, 3] : []))
                try await town.database.write { store in
                    for table in ["replies", "posts"] {
                        let condition = table == "posts" ? "WHERE reply_to IS NOT NULL" : ""
                        try store.execute("DELETE FROM \(table) \(condition)", [])
                    }
                }
            }
        }
    }

    /// The states of all comments that are listed, from the top down.
    private func listed(_ database: any Database) async throws -> [Int64] {
        try await database.read { store in
            try store.query(
                """
                SELECT p.state FROM replies r JOIN posts p ON p.position = r.position AND p.reply_to = r.post_id
                ORDER BY p.depth
                """, []
            ) { $0.int64(0) }
        }
    }

    /// Why it was refused, nil where it went through.
    private func outcome(_ body: () async throws -> Void) async -> PostsError.Code? {
        do {
            try await body()
            return nil
        } catch let error as PostsError {
            return error.code
        } catch {
            Issue.record(error)
            return nil
        }
    }
}
