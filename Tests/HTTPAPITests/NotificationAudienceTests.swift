import SQL
import Testing

@testable import HTTPAPI

@Suite("Notifications of posts out of sight", .timeLimit(.minutes(10)))
struct NotificationAudienceTests {
    @Test("whoever hides what they wrote hides nothing that others wrote")
    func hiding() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello", by: cast.alice)
            try await server.comment("yes", by: cast.bob, on: post)
            var own: [String] = []
            for _ in 1...3 { own.append(try await server.comment("no", by: cast.carol, on: post)) }
            #expect(try await server.notifications(of: cast.alice).map { $0["actors_count"] } == [.number(2)])
            for comment in own {
                let body = #"{"content":"no","visibility":"private"}"#
                #expect(await server.put("/v1/comments/\(comment)", as: cast.carol, body).status == 200)
            }
            let told = try await server.notifications(of: cast.alice)
            #expect(told.map(\.line) == ["comment by bob"])
            #expect(told.map { $0["actors_count"] } == [.number(1)])
            #expect(told.first?["latest"]["content"] == .text("yes"))
            #expect(told.first?["is_read"] == .bool(false))
            #expect(try await server.unreadCount(of: cast.alice) == 1)
        }
    }

    @Test("comments that unfollowing hides leave those of others in sight, and read as they were")
    func unfollowing() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.alice, cast.dan)
            let post = try await server.publish("hello", by: cast.alice)
            try await server.comment("yes", by: cast.bob, on: post)
            try await server.drained()
            await server.post("/v1/notifications/read", as: cast.alice)
            server.clock.advance(by: .milliseconds(10))
            for _ in 1...3 {
                try await server.publish("no", by: cast.dan, visibility: "followers", replyTo: post)
            }
            #expect(try await server.notifications(of: cast.alice).map(\.line) == ["comment by dan"])
            #expect(try await server.unreadCount(of: cast.alice) == 1)
            await server.delete("/v1/users/\(cast.dan.id)/follow", as: cast.alice)
            let told = try await server.notifications(of: cast.alice)
            #expect(told.map(\.line) == ["comment by bob"])
            #expect(told.map { $0["is_read"] } == [.bool(true)])
            #expect(try await server.unreadCount(of: cast.alice) == 0)
        }
    }

    @Test("a close friend who does not follow hears of what is for close friends")
    func closeFriends() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.makePrivate(cast.dan)
            #expect(await server.put("/v1/me/close-friends/\(cast.alice.id)", as: cast.dan).status == 204)
            let post = try await server.publish("hello", by: cast.alice)
            let comment = try await server.publish(
                "psst", by: cast.dan, visibility: "close_friends", replyTo: post)
            let told = try await server.notifications(of: cast.alice)
            #expect(told.map(\.line) == ["comment by dan"])
            #expect(told.first?["latest"]["post_id"] == .text(comment))
            #expect(try await server.unreadCount(of: cast.alice) == 1)
        }
    }

    @Test("a muted word among the answers of a poll tells nothing")
    func polls() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            await server.post("/v1/me/muted-words", as: cast.alice, #"{"phrase":"raffle"}"#)
            let body =
                #"{"content":"@alice @carol, or?","poll":{"options":["a raffle","nothing"],"expires_in":3600}}"#
            #expect(await server.post("/v1/posts", as: cast.bob, body).status == 201)
            #expect(try await server.notifications(of: cast.carol).map(\.line) == ["mention by bob"])
            #expect(try await server.count("SELECT count(*) FROM notifications WHERE kind = 3") == 1)
        }
    }
}
