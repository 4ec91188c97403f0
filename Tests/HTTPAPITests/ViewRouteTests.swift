import Core
import Posts
import Testing

@testable import HTTPAPI

@Suite("Views and statistics", .timeLimit(.minutes(10)))
struct ViewRouteTests {
    private func see(_ posts: [String], as viewer: Person, _ server: TestServer) async -> Answer {
        let ids = posts.map { "\"\($0)\"" }.joined(separator: ",")
        return await server.post("/v1/feed/seen", as: viewer, #"{"post_ids":[\#(ids)]}"#)
    }

    private func stats(_ post: String, of author: Person, _ server: TestServer) async throws -> JSON {
        try await server.drained()
        return await server.get("/v1/me/posts/\(post)/stats", as: author).json
    }

    @Test("a view counts once in half an hour, an account once, however often it is told")
    func counting() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello", by: cast.alice)
            let other = try await server.publish("again", by: cast.alice)
            for _ in 0..<3 {
                #expect(await see([post, post, other], as: cast.bob, server).status == 204)
            }
            #expect(await see([post], as: cast.carol, server).status == 204)
            #expect(await see([post], as: cast.alice, server).status == 204)
            var found = try await stats(post, of: cast.alice, server)
            #expect(found["views_count"] == .number(2))
            #expect(found["reach_count"] == .number(2))
            #expect(try await stats(other, of: cast.alice, server)["views_count"] == .number(1))
            server.clock.advance(by: .seconds(1_801))
            let bob = try await server.login("bob")
            for _ in 0..<2 { _ = await see([post], as: bob, server) }
            found = try await stats(post, of: try await server.login("alice"), server)
            #expect(found["views_count"] == .number(3))
            #expect(found["reach_count"] == .number(2))
        }
    }

    @Test("statistics tell each day's views, reach and reactions, to the author alone")
    func days() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello", by: cast.alice)
            _ = await see([post], as: cast.bob, server)
            await server.post("/v1/posts/\(post)/like", as: cast.bob, #"{"reaction":"WOW"}"#)
            await server.post("/v1/posts/\(post)/like", as: cast.bob, #"{"reaction":"LOVE"}"#)
            await server.post("/v1/posts/\(post)/like", as: cast.carol)
            try await server.drained()
            server.clock.advance(by: .seconds(86_400))
            let (alice, bob) = (try await server.login("alice"), try await server.login("bob"))
            _ = await see([post], as: bob, server)
            await server.delete("/v1/posts/\(post)/like", as: bob)
            let found = try await stats(post, of: alice, server)
            let days = found["days"].array
            #expect(days.map { $0["date"].string } == ["2025-06-16", "2025-06-15"])
            #expect(days.map { $0["views"].number } == [1, 1])
            #expect(days.map { $0["reach"].number } == [0, 1])
            #expect(days.map { $0["reactions"].number } == [-1, 2])
            #expect(found["likes_count"] == .number(1))
            #expect(await server.get("/v1/me/posts/\(post)/stats", as: bob).status == 404)
        }
    }

    @Test("what one may not see is not seen")
    func hidden() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello", by: cast.alice, visibility: "followers")
            #expect(await see([post, "17"], as: cast.bob, server).status == 204)
            #expect(try await stats(post, of: cast.alice, server)["views_count"] == .number(0))
            try await server.follow(cast.bob, cast.alice)
            _ = await see([post], as: cast.bob, server)
            #expect(try await stats(post, of: cast.alice, server)["views_count"] == .number(1))
        }
    }

    @Test(
        "a list of what is no posts is refused",
        arguments: ["null", "[]", "17", #"["x"]"#, "[17]", #"["17",null]"#, #"{"a":"17"}"#])
    func bounds(list: String) async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let answer = await server.post("/v1/feed/seen", as: alice, #"{"post_ids":\#(list)}"#)
            #expect(answer.json["field"] == .text("post_ids"))
            let many = Array(repeating: "17", count: Limits.seenPostsMax + 1)
            #expect(await see(many, as: alice, server).status == 422)
        }
    }

    @Test("who saw what is forgotten in time, the counts are not")
    func purge() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello", by: cast.alice)
            _ = await see([post], as: cast.bob, server)
            try await server.drained()
            #expect(try await server.services.posts.purgeViews() == 0)
            server.clock.advance(by: .seconds(Limits.viewsKept / 1_000 + 1))
            #expect(try await server.services.posts.purgeViews() == 1)
            let alice = try await server.login("alice")
            #expect(try await stats(post, of: alice, server)["reach_count"] == .number(1))
        }
    }
}
