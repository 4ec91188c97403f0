import Core
import SQL
import Testing
import Timelines

@testable import HTTPAPI

@Suite("The feed")
struct FeedRouteTests {
    @Test("it shows one's own posts at once, and those of followees, newest first")
    func basics() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            #expect(await server.contents("/v1/feed", as: cast.alice) == [])
            try await server.publish("before the follow", by: cast.bob)
            try await server.follow(cast.alice, cast.bob)
            try await server.publish("mine", by: cast.alice)
            #expect(await server.contents("/v1/feed", as: cast.alice).first == "mine")
            try await server.publish("for followers", by: cast.bob, visibility: "followers")
            try await server.publish("only bob's", by: cast.bob, visibility: "private")
            try await server.publish("not followed", by: cast.carol)
            try await server.drained()
            let expected = ["for followers", "mine", "before the follow"]
            #expect(await server.contents("/v1/feed", as: cast.alice) == expected)
            #expect(await server.contents("/v1/me/feed", as: cast.alice) == expected)
            #expect(await server.contents("/v1/feed?order=chronological", as: cast.alice) == expected)
            #expect(await server.get("/v1/feed?order=best", as: cast.alice).problem == "invalid")
            server.home.dropAll()
            #expect(await server.contents("/v1/feed", as: cast.alice) == expected)
            await server.delete("/v1/users/\(cast.bob.id)/follow", as: cast.alice)
            #expect(await server.contents("/v1/feed", as: cast.alice) == ["mine"])
        }
    }

    @Test("a pulled author's posts are there as well")
    func pull() async throws {
        try await TestServer.run(TestServer.Options(pullThreshold: 1)) { server in
            let cast = try await server.cast()
            try await server.follow(cast.alice, cast.bob)
            try await server.drained()
            #expect(await server.contents("/v1/feed", as: cast.alice) == [])
            try await server.publish("hello", by: cast.bob)
            try await server.drained()
            #expect(await server.contents("/v1/feed", as: cast.alice) == ["hello"])
        }
    }

    @Test("since lists what became part of the feed after a page, to its end")
    func since() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.alice, cast.bob)
            try await server.publish("carol's old one", by: cast.carol)
            try await server.publish("old", by: cast.bob)
            try await server.drained()
            let latest = try #require(await server.get("/v1/feed", as: cast.alice).json["latest"].string)
            let news = "/v1/feed?since=\(latest)"
            #expect(await server.contents(news, as: cast.alice) == [])
            try await server.publish("new", by: cast.bob)
            try await server.follow(cast.alice, cast.carol)
            try await server.publish("mine", by: cast.alice)
            try await server.drained()
            #expect(await server.contents(news, as: cast.alice) == ["mine", "new", "carol's old one"])
            let first = await server.get("\(news)&limit=2", as: cast.alice).json
            let cursor = try #require(first["next_cursor"].string)
            try await server.publish("newer", by: cast.bob)
            let second = await server.get("\(news)&limit=2&cursor=\(cursor)", as: cast.alice).json
            #expect(second["posts"].array.map { $0["content"] } == [.text("carol's old one")])
            #expect(second["next_cursor"] == .null)
            let later = try #require(second["latest"].string)
            #expect(later == first["latest"].string)
            try await server.drained()
            #expect(await server.contents("/v1/feed?since=\(later)", as: cast.alice) == ["newer"])
        }
    }

    @Test("a token from before the retention is a 410, one that was never given a 400")
    func sinceRefused() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let early = try #require(await server.get("/v1/feed", as: alice).json["latest"].string)
            try await server.publish("hello", by: alice)
            try await server.drained()
            _ = try await server.database.write { store in
                try store.execute("UPDATE outbox_retention SET pruned_through = 2", [])
            }
            let answer = await server.get("/v1/feed?since=l0", as: alice)
            #expect(answer.status == 410)
            #expect(answer.problem == "reload")
            #expect(early.hasPrefix("l"))
            for token in ["lzzzzz", "f1", "l-1", "l", "", "l01", "l1-2", "l\(String(Int64.max, radix: 36))"] {
                #expect(await server.get("/v1/feed?since=\(token)", as: alice).status == 400, "\(token)")
            }
        }
    }
}
