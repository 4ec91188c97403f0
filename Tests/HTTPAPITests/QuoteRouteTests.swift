import Core
import SQL
import Testing

@testable import HTTPAPI

@Suite("Quotes")
struct QuoteRouteTests {
    private static func quote(_ post: String, _ more: String = "") -> String {
        #"{"content":"look","quote_of":"\#(post)"\#(more)}"#
    }

    @Test("a quote holds the post it quotes, in every list and alone, and counts")
    func quoting() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            await server.post("/v1/users/\(cast.bob.id)/follow", as: cast.carol)
            let post = try await server.publish("hello", by: cast.alice)
            let created = await server.post("/v1/posts", as: cast.bob, Self.quote(post))
            #expect(created.status == 201)
            let quote = created.json["post_id"].string ?? ""
            try await server.drained()
            for target in ["/v1/feed", "/v1/feed", "/v1/users/\(cast.bob.id)/posts", "/v1/posts/\(post)/quotes"] {
                let shown = await server.get(target, as: cast.carol).json["posts"].array.first
                #expect(shown?["quote_of"] == .text(post))
                #expect(shown?["quoted_post"]["content"] == .text("hello"), "\(target)")
                #expect(shown?["quoted_post"]["author"]["username"] == .text("alice"))
            }
            #expect(await server.get("/v1/posts/\(quote)").json["quoted_post"]["post_id"] == .text(post))
            #expect(await server.get("/v1/posts/\(post)").json["quotes_count"] == .number(1))
            // A quote in a quote is named, not shown.
            let outer = await server.post("/v1/posts", as: cast.dan, Self.quote(quote)).json["quoted_post"]
            #expect(outer["quote_of"] == .text(post))
            #expect(outer["quoted_post"] == .absent)
            await server.delete("/v1/posts/\(quote)", as: cast.bob)
            try await server.drained()
            #expect(await server.get("/v1/posts/\(post)").json["quotes_count"] == .number(0))
            #expect(await server.contents("/v1/posts/\(post)/quotes") == [])
        }
    }

    @Test("a quote is empty for whom the quoted post is not")
    func unavailable() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            await server.post("/v1/users/\(cast.bob.id)/follow", as: cast.carol)
            let post = try await server.publish("hello", by: cast.alice)
            let created = await server.post("/v1/posts", as: cast.bob, Self.quote(post))
            let quote = created.json["post_id"].string ?? ""
            try await server.drained()
            func isShown() async -> Bool {
                var found: Set<Bool> = []
                for target in ["/v1/feed", "/v1/feed", "/v1/users/\(cast.bob.id)/posts"] {
                    let shown = await server.get(target, as: cast.carol)
                    let quoted = shown.json["posts"].array.first?["quoted_post"]
                    found.insert(quoted?["unavailable"] != .bool(true))
                    #expect(quoted?["unavailable"] == .absent || !shown.text.contains("hello"))
                }
                found.insert(
                    await server.get("/v1/posts/\(quote)", as: cast.carol).json["quoted_post"]["unavailable"]
                        != .bool(true))
                #expect(found.count == 1)
                return found.contains(true)
            }
            #expect(await isShown())
            await server.put("/v1/posts/\(post)", as: cast.alice, #"{"content":"hello","visibility":"followers"}"#)
            #expect(await isShown() == false)
            await server.put("/v1/posts/\(post)", as: cast.alice, #"{"content":"hello","visibility":"public"}"#)
            #expect(await isShown())
            await server.post("/v1/users/\(cast.alice.id)/mute", as: cast.carol)
            #expect(await isShown() == false)
            await server.delete("/v1/users/\(cast.alice.id)/mute", as: cast.carol)
            await server.post("/v1/users/\(cast.carol.id)/block", as: cast.alice)
            #expect(await isShown() == false)
            await server.delete("/v1/users/\(cast.carol.id)/block", as: cast.alice)
            #expect(await isShown())
            await server.delete("/v1/posts/\(post)", as: cast.alice)
            #expect(await isShown() == false)
            #expect(await server.get("/v1/posts/\(quote)").json["content"] == .text("look"))
        }
    }

    @Test("only what may be shared may be quoted")
    func policy() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            await server.post("/v1/users/\(cast.alice.id)/follow", as: cast.bob)
            func publish(_ more: String) async -> String {
                await server.post("/v1/posts", as: cast.alice, #"{"content":"mine"\#(more)}"#).json["post_id"].string
                    ?? ""
            }
            let closed = await publish(#","share_policy":"nobody""#)
            let forFollowers = await publish(#","share_policy":"followers""#)
            let hidden = await publish(#","visibility":"followers""#)
            for (post, person, status) in [
                (closed, cast.alice, 201), (closed, cast.bob, 403), (forFollowers, cast.bob, 201),
                (forFollowers, cast.carol, 403), (hidden, cast.bob, 403), (hidden, cast.carol, 422),
                ("17", cast.bob, 422),
            ] {
                let answer = await server.post("/v1/posts", as: person, Self.quote(post))
                #expect(answer.status == status, "\(answer.text)")
                if status == 403 { #expect(answer.problem == "sharing-closed") }
            }
            let absent = await server.post("/v1/posts", as: cast.carol, Self.quote("17"))
            let unseen = await server.post("/v1/posts", as: cast.carol, Self.quote(hidden))
            #expect(absent.fingerprint == unseen.fingerprint)
        }
    }

    @Test("what memory does not know yet of a quoted post is the store's to enforce")
    func stalePolicy() async throws {
        try await TestServer.run { server in
            let (alice, bob) = (try await server.register("alice"), try await server.register("bob"))
            let post = try await server.publish("hello", by: alice)
            _ = try await server.database.write { try $0.execute("UPDATE posts SET share_policy = 2", []) }
            #expect(await server.post("/v1/posts", as: bob, Self.quote(post)).problem == "sharing-closed")
            #expect(await server.contents("/v1/users/\(bob.id)/posts") == [])
        }
    }
}
