import Testing

@testable import HTTPAPI

@Suite("Notifications of reposts and quotes", .timeLimit(.minutes(10)))
struct ShareNotificationTests {
    private static func quote(_ post: String, _ content: String = "look") -> String {
        #"{"content":"\#(content)","quote_of":"\#(post)"}"#
    }

    @Test("those who repost a post are told together, once, until they take it back")
    func reposts() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello", by: cast.alice)
            let share = "/v1/posts/\(post)/share"
            for person in [cast.alice, cast.bob, cast.carol] { await server.post(share, as: person) }
            let told = try await server.notifications(of: cast.alice)
            #expect(told.map(\.line) == ["repost by carol"])
            #expect(told.first?["actors_count"] == .number(2))
            #expect(told.first?["post"]["content"] == .text("hello"))
            await server.post("/v1/notifications/read", as: cast.alice)
            await server.delete(share, as: cast.carol)
            #expect(try await server.notifications(of: cast.alice).map(\.line) == ["repost by bob"])
            await server.post(share, as: cast.carol)
            let again = try await server.notifications(of: cast.alice)
            #expect(again.map { $0["actors_count"] } == [.number(2)])
            #expect(try await server.unreadCount(of: cast.alice) == 0)
            await server.delete("/v1/posts/\(post)", as: cast.alice)
            #expect(try await server.notifications(of: cast.alice) == [])
        }
    }

    @Test("a repost that one may not see is not told, nor any more once its author goes private")
    func privateReposts() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello", by: cast.alice)
            let share = "/v1/posts/\(post)/share"
            await server.post(share, as: cast.bob)
            #expect(try await server.notifications(of: cast.alice).map(\.line) == ["repost by bob"])
            await server.patch("/v1/me", as: cast.bob, #"{"is_private":true}"#)
            #expect(try await server.notifications(of: cast.alice) == [])
            await server.patch("/v1/me", as: cast.carol, #"{"is_private":true}"#)
            await server.post(share, as: cast.carol)
            #expect(try await server.unreadCount(of: cast.alice) == 0)
            #expect(try await server.notifications(of: cast.alice) == [])
        }
    }

    @Test("a quote is told with its text, and no more once it is gone")
    func quotes() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello", by: cast.alice)
            let quote = await server.post("/v1/posts", as: cast.bob, Self.quote(post)).json["post_id"].string ?? ""
            await server.post("/v1/posts", as: cast.alice, Self.quote(post))
            let told = try await server.notifications(of: cast.alice)
            #expect(told.map(\.line) == ["quote by bob"])
            #expect(told.first?["post_id"] == .text(post))
            #expect(told.first?["latest"]["post_id"] == .text(quote))
            await server.put("/v1/posts/\(quote)", as: cast.bob, #"{"content":"look","visibility":"followers"}"#)
            #expect(await server.get("/v1/notifications", as: cast.alice).json["notifications"] == .list([]))
            await server.delete("/v1/posts/\(quote)", as: cast.bob)
            #expect(try await server.notifications(of: cast.alice) == [])
        }
    }

    @Test("one post tells somebody one thing: that it answers, else that it quotes, else that it mentions")
    func precedence() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello", by: cast.alice)
            await server.post("/v1/posts", as: cast.bob, Self.quote(post, "see @alice and @carol"))
            await server.post(
                "/v1/posts", as: cast.carol, #"{"content":"@alice","quote_of":"\#(post)","reply_to":"\#(post)"}"#)
            #expect(
                Set(try await server.notifications(of: cast.alice).map(\.line)) == ["quote by bob", "comment by carol"])
            #expect(try await server.notifications(of: cast.carol).map(\.line) == ["mention by bob"])
        }
    }

    @Test("nobody hears of reposts and quotes by those they mute or block", arguments: ["mute", "block"])
    func restrictions(action: String) async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello", by: cast.alice)
            for person in [cast.bob, cast.carol] {
                await server.post("/v1/posts/\(post)/share", as: person)
                await server.post("/v1/posts", as: person, Self.quote(post))
            }
            #expect(try await server.notifications(of: cast.alice).count == 2)
            await server.post("/v1/users/\(cast.bob.id)/\(action)", as: cast.alice)
            let told = await server.get("/v1/notifications", as: cast.alice).json["notifications"].array
            #expect(Set(told.map(\.line)) == ["repost by carol", "quote by carol"])
            #expect(told.map { $0["actors_count"] } == [.number(1), .number(1)])
            await server.post("/v1/posts", as: cast.bob, Self.quote(post, "again"))
            #expect(try await server.notifications(of: cast.alice).count == 2)
            let live = "SELECT count(*) FROM notifications WHERE is_live = 1 AND actor_id = \(cast.bob.id)"
            #expect(try await server.count(live) == 0)
        }
    }
}
