import Accounts
import Core
import Posts
import SQL
import Testing

@testable import HTTPAPI

@Suite("Entities")
struct EntityRouteTests {
    @Test("a post says what its text points at, in Unicode scalars")
    func offsets() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let text = "👩‍👩‍👧 @Bob and @nobody_here: #Swift at https://example.com/é"
            let post = try await server.publish(text, by: cast.alice)
            let entities = await server.get("/v1/posts/\(post)").json["entities"]
            let scalars = Array(text.unicodeScalars)
            func named(_ entity: JSON) -> String {
                let (start, end) = (Int(entity["start"].number ?? 0), Int(entity["end"].number ?? 0))
                return String(String.UnicodeScalarView(scalars[start..<end]))
            }
            #expect(entities["mentions"].array.map(named) == ["@Bob", "@nobody_here"])
            #expect(entities["mentions"].array.map { $0["username"] } == [.text("Bob"), .text("nobody_here")])
            #expect(entities["mentions"].array.map { $0["user_id"] } == [.text(cast.bob.id), .null])
            #expect(entities["hashtags"].array.map(named) == ["#Swift"])
            #expect(entities["hashtags"][0]["tag"] == .text("Swift"))
            #expect(entities["urls"].array.map(named) == ["https://example.com/é"])
            #expect(entities["urls"][0]["url"] == .text("https://example.com/é"))
        }
    }

    @Test("a text that points at nothing has three empty lists")
    func none() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let entities = await server.get("/v1/posts/\(try await server.publish("plain", by: alice))").json[
                "entities"]
            #expect(entities == .object(["mentions": .list([]), "hashtags": .list([]), "urls": .list([])]))
        }
    }

    @Test("entities are the same from memory and from the store, in posts, feeds and comments")
    func everywhere() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("@alice @bob @bob @carol #tag", by: cast.alice)
            let first = await server.get("/v1/posts/\(post)").json["entities"]
            #expect(
                first["mentions"].array.map { $0["user_id"].string } == [
                    cast.alice.id, cast.bob.id, cast.bob.id, cast.carol.id,
                ])
            // A comment makes the counters of its post change, and the post be loaded anew.
            let comment = try await server.publish("@carol yes", by: cast.bob, replyTo: post)
            try await server.drained()
            #expect(await server.get("/v1/posts/\(post)").json["entities"] == first)
            #expect(await server.get("/v1/feed", as: cast.alice).json["posts"][0]["entities"] == first)
            let comments = await server.get("/v1/posts/\(post)/comments").json["comments"]
            #expect(comments[0]["comment_id"] == .text(comment))
            #expect(comments[0]["entities"]["mentions"][0]["user_id"] == .text(cast.carol.id))
        }
    }

    @Test("an edit points at what the new text says")
    func edit() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let target = "/v1/posts/\(try await server.publish("@bob", by: cast.alice))"
            let edited = await server.put(target, as: cast.alice, #"{"content":"@carol #a"}"#)
            #expect(edited.json["entities"]["mentions"].array.map { $0["user_id"] } == [.text(cast.carol.id)])
            #expect(edited.json["entities"]["hashtags"][0]["tag"] == .text("a"))
            let rows = try await server.database.read { store in
                try store.query("SELECT account_id FROM mentions", []) { String($0.int64(0)) }
            }
            #expect(rows == [cast.carol.id])
            #expect(await server.delete(target, as: cast.alice).status == 204)
            #expect(try await server.database.read { try $0.integer("SELECT count(*) FROM mentions") } == 0)
        }
    }

    @Test("a mention tells suspended and leaving accounts from none as little as all else does")
    func hiddenAccounts() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let before = try await server.publish("@alice", by: cast.dan)
            try await server.services.accounts.suspend(try #require(ID<Account>(cast.alice.id)))
            #expect(await server.leave(cast.bob).status == 202)
            let text = "@alice @bob @nobody_here @carol"
            let post = try await server.publish(text, by: cast.dan)
            let edited = try await server.publish("plain", by: cast.dan)
            await server.put("/v1/posts/\(edited)", as: cast.dan, #"{"content":"\#(text)"}"#)
            for id in [post, edited] {
                let mentions = await server.get("/v1/posts/\(id)").json["entities"]["mentions"].array
                #expect(mentions.map { $0["user_id"] } == [.null, .null, .null, .text(cast.carol.id)])
            }
            let named = await server.get("/v1/posts/\(before)").json["entities"]["mentions"].array
            #expect(named.map { $0["user_id"] } == [.text(cast.alice.id)], "it was there when this was written")
            await server.put("/v1/posts/\(before)", as: cast.dan, #"{"content":"@alice!"}"#)
            let still = await server.get("/v1/posts/\(before)").json["entities"]["mentions"].array
            #expect(still.map { $0["user_id"] } == [.text(cast.alice.id)], "and an edit does not take it out")
        }
    }

    @Test("an erased account leaves the posts in memory that name it")
    func erasure() async throws {
        try await TestServer.run(TestServer.Options(deletionGrace: .zero)) { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello @bob and @carol", by: cast.alice)
            let comment = try await server.publish("@bob?", by: cast.dan, replyTo: post)
            try await server.drained()
            func named(_ id: String) async -> [JSON] {
                await server.get("/v1/posts/\(id)").json["entities"]["mentions"].array.map { $0["user_id"] }
            }
            #expect(await named(post) == [.text(cast.bob.id), .text(cast.carol.id)])
            #expect(await named(comment) == [.text(cast.bob.id)])
            await server.leave(cast.bob)
            try await server.eraseDue()
            #expect(await named(post) == [.null, .text(cast.carol.id)])
            #expect(await named(comment) == [.null])
            #expect(try await server.count("SELECT count(*) FROM mentions") == 1)
        }
    }

    @Test("only so many accounts are looked up for one post")
    func bound() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let crowd = (0..<Limits.mentionsMax).map { "@nobody\($0)" }.joined(separator: " ")
            let post = try await server.publish("\(crowd) @bob", by: cast.alice)
            let mentions = await server.get("/v1/posts/\(post)").json["entities"]["mentions"].array
            #expect(mentions.count == Limits.mentionsMax + 1)
            #expect(mentions.last?["user_id"] == .null)
        }
    }
}
