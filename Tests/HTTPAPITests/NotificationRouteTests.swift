import SQL
import Testing

@testable import HTTPAPI

@Suite("Notifications", .timeLimit(.minutes(10)))
struct NotificationRouteTests {
    @Test("follows, mentions, comments and reactions are told to whom they concern, newest first")
    func kinds() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.bob, cast.alice)
            let post = try await server.publish("hello", by: cast.alice)
            try await server.notifications(of: cast.alice)
            await server.post("/v1/posts/\(post)/like", as: cast.bob, #"{"reaction":"LOVE"}"#)
            try await server.notifications(of: cast.alice)
            let comment = try await server.publish("well said, @alice", by: cast.carol, replyTo: post)
            try await server.notifications(of: cast.alice)
            let mention = try await server.publish("ask @alice or @dan", by: cast.bob)
            let told = try await server.notifications(of: cast.alice)
            #expect(told.map(\.line) == ["mention by bob", "comment by carol", "reaction by bob", "follow by bob"])
            #expect(told.map { $0["post_id"] } == [.text(mention), .text(post), .text(post), .null])
            #expect(told[0]["post"]["content"] == .text("ask @alice or @dan"))
            #expect(told[1]["latest"]["post_id"] == .text(comment))
            #expect(told[2]["reaction"] == .text("LOVE"))
            #expect(try await server.notifications(of: cast.dan).map(\.line) == ["mention by bob"])
            #expect(try await server.notifications(of: cast.bob) == [])
            #expect(
                await server.get("/v1/notifications?kind=comment", as: cast.alice).json["notifications"].array.count
                    == 1)
            #expect(await server.get("/v1/notifications?kind=poke", as: cast.alice).problem == "invalid")
        }
    }

    @Test("facts of a kind about a post are told together, each actor once")
    func groups() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello", by: cast.alice)
            for person in [cast.bob, cast.carol, cast.dan, cast.alice] {
                await server.post("/v1/posts/\(post)/like", as: person)
            }
            for text in ["one", "two"] { try await server.publish(text, by: cast.bob, replyTo: post) }
            let told = try await server.notifications(of: cast.alice)
            #expect(Set(told.map { $0["kind"].string }) == ["reaction", "comment"])
            #expect(told.first { $0["kind"] == .text("reaction") }?["actors_count"] == .number(3))
            let comments = told.first { $0["kind"] == .text("comment") }
            #expect(comments?.line == "comment by bob")
            #expect(comments?["actors_count"] == .number(1))
            #expect(comments?["latest"]["content"] == .text("two"))
        }
    }

    @Test("what is taken back is told no more, and doing it again tells nobody twice")
    func withdrawals() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello", by: cast.alice)
            let like = "/v1/posts/\(post)/like"
            await server.post(like, as: cast.bob)
            let first = try await server.notifications(of: cast.alice)
            #expect(first.map(\.line) == ["reaction by bob"])
            await server.delete(like, as: cast.bob)
            #expect(try await server.notifications(of: cast.alice) == [])
            #expect(await server.get("/v1/notifications/unread", as: cast.alice).json["unread_count"] == .number(0))
            await server.post("/v1/notifications/read", as: cast.alice)
            await server.post(like, as: cast.carol)
            await server.post("/v1/notifications/read", as: cast.alice)
            try await server.drained()
            await server.post("/v1/notifications/read", as: cast.alice)
            await server.post(like, as: cast.bob)
            let again = try await server.notifications(of: cast.alice)
            #expect(again.map { $0["is_read"] } == [.bool(true)])
            #expect(again.map { $0["actors_count"] } == [.number(2)])

            try await server.follow(cast.dan, cast.alice)
            #expect(try await server.notifications(of: cast.alice).first?.line == "follow by dan")
            await server.delete("/v1/users/\(cast.alice.id)/follow", as: cast.dan)
            #expect(try await server.notifications(of: cast.alice).map { $0["kind"] } == [.text("reaction")])
            await server.delete("/v1/posts/\(post)", as: cast.alice)
            #expect(try await server.notifications(of: cast.alice) == [])
            let rows =
                "SELECT (SELECT count(*) FROM notifications WHERE kind = 5) + (SELECT count(*) FROM notification_groups WHERE kind = 5)"
            #expect(try await server.count(rows) == 0)
        }
    }

    @Test("a post that is gone, or mentions somebody no more, is told of no more")
    func edits() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let root = try await server.publish("hello", by: cast.alice)
            let post = "/v1/posts/\(try await server.publish("@bob and @carol", by: cast.alice))"
            let comment = try await server.publish("@carol?", by: cast.dan, replyTo: root)
            await server.put(post, as: cast.alice, #"{"content":"@carol and @dan"}"#)
            #expect(try await server.notifications(of: cast.bob) == [])
            #expect(try await server.notifications(of: cast.dan).map(\.line) == ["mention by alice"])
            #expect(try await server.notifications(of: cast.carol).count == 2)
            #expect(try await server.notifications(of: cast.alice).map(\.line) == ["comment by dan"])
            await server.delete("/v1/comments/\(comment)", as: cast.dan)
            #expect(try await server.notifications(of: cast.carol).map(\.line) == ["mention by alice"])
            #expect(try await server.notifications(of: cast.alice) == [])
            // Who may not see a post any more hears nothing of it, at once.
            await server.put(post, as: cast.alice, #"{"content":"@carol and @dan","visibility":"private"}"#)
            #expect(await server.get("/v1/notifications", as: cast.carol).json["notifications"] == .list([]))
        }
    }

    @Test("requests to follow are told until they are answered", arguments: ["accept", "reject"])
    func requests(answer: String) async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.makePrivate(cast.alice)
            try await server.follow(cast.bob, cast.alice)
            #expect(try await server.notifications(of: cast.alice).map(\.line) == ["follow_request by bob"])
            await server.post("/v1/me/follow-requests/\(cast.bob.id)/\(answer)", as: cast.alice)
            #expect(try await server.notifications(of: cast.alice) == [])
        }
    }
}

extension TestServer {
    /// Once all that happened so far has been told.
    @discardableResult
    func notifications(of person: Person) async throws -> [JSON] {
        try await drained()
        clock.advance(by: .milliseconds(10))
        return await get("/v1/notifications", as: person).json["notifications"].array
    }

    func unreadCount(of person: Person) async throws -> Double? {
        try await drained()
        return await get("/v1/notifications/unread", as: person).json["unread_count"].number
    }

    func count(_ sql: String) async throws -> Int64 {
        try await database.read { try $0.integer(sql) }
    }
}

extension JSON {
    /// Kind and newest actor of a notification.
    var line: String { "\(self["kind"].string ?? "") by \(self["actors"][0]["username"].string ?? "nobody")" }
}
