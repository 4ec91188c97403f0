import HTTPTypes
import SQL
import Testing

@testable import HTTPAPI

@Suite("Feedback")
struct FeedbackRouteTests {
    /// What a feed has from memory, having been read from the store before.
    private static func feed(_ server: TestServer, _ person: Person) async -> [String] {
        let first = await server.contents("/v1/feed", as: person)
        let second = await server.contents("/v1/feed", as: person)
        #expect(first == second)
        return second
    }

    private static func hide(_ post: String, _ server: TestServer, as person: Person) async {
        #expect(await server.post("/v1/posts/\(post)/feedback", as: person, #"{"kind":"hide"}"#).status == 204)
    }

    @Test("a hidden post leaves its viewer's feed at once, nothing else, and comes back when that is taken back")
    func hiding() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            await server.post("/v1/users/\(cast.alice.id)/follow", as: cast.bob)
            let one = try await server.publish("one", by: cast.alice)
            let two = try await server.publish("two", by: cast.alice)
            let own = try await server.publish("own", by: cast.bob)
            try await server.drained()
            #expect(await Self.feed(server, cast.bob) == ["own", "two", "one"])
            await Self.hide(one, server, as: cast.bob)
            #expect(await Self.feed(server, cast.bob) == ["own", "two"])
            await Self.hide(own, server, as: cast.bob)
            await Self.hide(own, server, as: cast.bob)
            #expect(await Self.feed(server, cast.bob) == ["two"])
            #expect(await server.get("/v1/feed?limit=1", as: cast.bob).json["next_cursor"] == .null)
            #expect(await Self.feed(server, cast.alice) == ["two", "one"])
            #expect(await server.get("/v1/posts/\(one)", as: cast.bob).status == 200)
            #expect(await server.contents("/v1/users/\(cast.alice.id)/posts", as: cast.bob) == ["two", "one"])

            // Asking for more of it is to want it back.
            #expect(
                await server.post("/v1/posts/\(own)/feedback", as: cast.bob, #"{"kind":"more"}"#).status == 204)
            #expect(await Self.feed(server, cast.bob) == ["own", "two"])
            for _ in 0..<2 { #expect(await server.delete("/v1/posts/\(one)/feedback", as: cast.bob).status == 204) }
            #expect(await Self.feed(server, cast.bob) == ["own", "two", "one"])
            #expect(
                await server.post("/v1/posts/\(two)/feedback", as: cast.bob, #"{"kind":"no"}"#).problem == "invalid")
        }
    }

    @Test("a hidden post does not come as a repost either, and is not among what came since")
    func reposts() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            await server.post("/v1/users/\(cast.bob.id)/follow", as: cast.carol)
            try await server.drained()
            let latest = await server.get("/v1/feed", as: cast.carol).json["latest"].string ?? ""
            let post = try await server.publish("hello", by: cast.alice)
            await server.post("/v1/posts/\(post)/share", as: cast.bob)
            try await server.drained()
            #expect(await Self.feed(server, cast.carol) == ["hello"])
            #expect(await server.contents("/v1/feed?since=\(latest)", as: cast.carol) == ["hello"])
            await Self.hide(post, server, as: cast.carol)
            #expect(await Self.feed(server, cast.carol) == [])
            #expect(await server.contents("/v1/feed?since=\(latest)", as: cast.carol) == [])
            // Also taken back by those who may not see it any more.
            await server.delete("/v1/posts/\(post)", as: cast.alice)
            #expect(await server.delete("/v1/posts/\(post)/feedback", as: cast.carol).status == 204)
            #expect(await server.delete("/v1/posts/\(post)/feedback", as: cast.carol).status == 404)
        }
    }

    @Test("a hidden post leaves the lists of hashtags and of lists at once, and stays where it is looked for")
    func tagsAndLists() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.bob, cast.alice)
            await server.post("/v1/tags/tea/follow", as: cast.bob)
            let list = try await server.makeList("Friends", by: cast.bob)
            await server.post("\(list)/members", as: cast.bob, ListRouteTests.members(cast.alice))
            let posts = ["#tea one", "#tea two", "#tea three"]
            var ids: [String] = []
            for post in posts { ids.append(try await server.publish(post, by: cast.alice)) }
            let feeds = ["/v1/tags/tea/posts", "/v1/me/tags/feed", "\(list)/feed"]
            for feed in feeds { #expect(await server.contents(feed, as: cast.bob) == posts.reversed(), "\(feed)") }
            await Self.hide(ids[1], server, as: cast.bob)
            for feed in feeds {
                #expect(await server.contents(feed, as: cast.bob) == ["#tea three", "#tea one"], "\(feed)")
                // A page is filled up with what follows.
                #expect(await server.contents("\(feed)?limit=2", as: cast.bob).count == 2, "\(feed)")
            }
            #expect(await server.contents("/v1/tags/tea/posts", as: cast.carol) == posts.reversed())
            #expect(await server.contents("/v1/tags/tea/posts") == posts.reversed())
            #expect(await server.contents("/v1/users/\(cast.alice.id)/posts", as: cast.bob) == posts.reversed())
            #expect(await server.get("/v1/posts/\(ids[1])", as: cast.bob).status == 200)
            #expect(await server.delete("/v1/posts/\(ids[1])/feedback", as: cast.bob).status == 204)
            for feed in feeds { #expect(await server.contents(feed, as: cast.bob) == posts.reversed(), "\(feed)") }
        }
    }

    @Test("what is hidden is not shown in quotes of it either, in feeds; elsewhere it is")
    func quotes() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.bob, cast.alice)
            let list = try await server.makeList("Friends", by: cast.bob)
            await server.post("\(list)/members", as: cast.bob, ListRouteTests.members(cast.alice))
            let hidden = try await server.publish("out of sight", by: cast.carol)
            let body = ##"{"content":"#tea look","quote_of":"\##(hidden)"}"##
            let quote = try #require(await server.post("/v1/posts", as: cast.alice, body).json["post_id"].string)
            try await server.drained()
            // Twice: the second time it is in memory.
            let feeds = ["/v1/feed", "/v1/feed", "\(list)/feed", "/v1/tags/tea/posts"]
            let others = ["/v1/users/\(cast.alice.id)/posts", "/v1/posts/\(quote)"]
            func isQuoted(in path: String) async -> Bool {
                let text = await server.get(path, as: cast.bob).text
                #expect(text.contains("#tea look"), "\(path)")
                return text.contains("out of sight")
            }
            for path in feeds + others { #expect(await isQuoted(in: path), "\(path)") }
            await Self.hide(hidden, server, as: cast.bob)
            for path in feeds { #expect(await !isQuoted(in: path), "\(path)") }
            for path in others { #expect(await isQuoted(in: path), "\(path)") }
            #expect(await server.delete("/v1/posts/\(hidden)/feedback", as: cast.bob).status == 204)
            for path in feeds { #expect(await isQuoted(in: path), "\(path)") }
        }
    }

    @Test("feedback is bounded, and goes with its account")
    func bounds() async throws {
        var options = TestServer.Options()
        options.feedbackRowsMax = 2
        options.deletionGrace = .zero
        try await TestServer.run(options) { server in
            let cast = try await server.cast()
            await server.post("/v1/users/\(cast.alice.id)/follow", as: cast.bob)
            for number in 0..<3 {
                let post = try await server.publish("post \(number)", by: cast.alice)
                await Self.hide(post, server, as: cast.bob)
            }
            try await server.drained()
            #expect(await Self.feed(server, cast.bob) == ["post 0"])
            await server.leave(cast.bob)
            try await server.eraseDue()
            for table in ["post_feedback", "viewer_marks"] {
                let count = try await server.database.read { try $0.integer("SELECT count(*) FROM \(table)") }
                #expect(count == 0, "\(table)")
            }
        }
    }
}
