import Testing

@testable import HTTPAPI

/// Who may write into a thread and tidy it: the post at its root decides, not the comment that is answered.
@Suite("Threads and who is kept out of them", .timeLimit(.minutes(10)))
struct ThreadAudienceTests {
    enum Fence: String, CaseIterable {
        case blocked, followers, closeFriends = "close_friends", isPrivate = "private"

        /// Of the post at the root; what the fence is otherwise is about its author.
        var visibility: String? { self == .followers || self == .closeFriends ? rawValue : nil }
    }

    @Test("who may not see the post at the root writes nothing below a comment of it", arguments: Fence.allCases)
    func sneaking(fence: Fence) async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let root = try await server.publish("root", by: cast.alice, visibility: fence.visibility ?? "public")
            // By somebody whom bob may read.
            let commenter = fence.visibility == nil ? cast.carol : cast.alice
            let comment = try await server.publish("welcome", by: commenter, replyTo: root)
            if fence == .blocked { await server.post("/v1/users/\(cast.bob.id)/block", as: cast.alice) }
            if fence == .isPrivate { await server.patch("/v1/me", as: cast.alice, #"{"is_private":true}"#) }
            #expect(await server.get("/v1/posts/\(root)", as: cast.bob).status == 404)
            try await expectRefused(below: comment, by: cast.bob, server)
            try await server.drained()
            #expect(await server.get("/v1/posts/\(root)", as: cast.alice).json["comments_count"] == .number(1))
        }
    }

    private func expectRefused(below comment: String, by person: Person, _ server: TestServer) async throws {
        #expect(await server.get("/v1/posts/\(comment)", as: person).status == 404)
        let direct = await server.post("/v1/posts/\(comment)/comments", as: person, #"{"content":"sneaked in"}"#)
        #expect(direct.status == 404)
        let reply = #"{"content":"sneaked in","reply_to":"\#(comment)"}"#
        #expect(await server.post("/v1/posts", as: person, reply).status == 422)
    }

    @Test("who wrote a comment before the post at the root was closed to them writes nothing below it any more")
    func answeringOneself() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let root = try await server.publish("root", by: cast.alice)
            let comment = try await server.publish("mine", by: cast.bob, replyTo: root)
            try await server.makePrivate(cast.alice)
            #expect(await server.get("/v1/posts/\(comment)", as: cast.bob).status == 200)
            let direct = await server.post("/v1/posts/\(comment)/comments", as: cast.bob, #"{"content":"more"}"#)
            #expect(direct.status == 403 && direct.problem == "comments-closed")
        }
    }

    @Test("the author of a post removes comments below it that they cannot see themselves", arguments: [true, false])
    func removal(isBlocked: Bool) async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let root = try await server.publish("root", by: cast.alice)
            let comment = try await server.publish(
                "unwelcome", by: cast.bob, visibility: isBlocked ? "public" : "followers", replyTo: root)
            if isBlocked { await server.post("/v1/users/\(cast.bob.id)/block", as: cast.alice) }
            #expect(await server.get("/v1/comments/\(comment)", as: cast.alice).status == 404)
            #expect(await server.delete("/v1/comments/\(comment)", as: cast.carol).status == 404)
            #expect(await server.delete("/v1/comments/\(comment)", as: cast.alice).status == 204)
            #expect(await server.get("/v1/comments/\(comment)", as: cast.bob).status == 404)
        }
    }

    @Test("a comment in a thread that was closed since may be edited, and not opened to more people")
    func opening() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let root = try await server.publish("root", by: cast.alice)
            let comment = try await server.publish("few", by: cast.bob, visibility: "followers", replyTo: root)
            await server.put("/v1/posts/\(root)/settings", as: cast.alice, #"{"comments":"closed"}"#)
            let opened = await server.put(
                "/v1/comments/\(comment)", as: cast.bob, #"{"content":"all","visibility":"public"}"#)
            #expect(opened.status == 403 && opened.problem == "comments-closed")
            #expect(await server.put("/v1/comments/\(comment)", as: cast.bob, #"{"content":"fewer"}"#).status == 200)
        }
    }

    @Test("comments and quotes of who became private are told to followers only")
    func notifications() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let root = try await server.publish("root", by: cast.alice)
            try await server.comment("one", by: cast.bob, on: root)
            await server.post("/v1/posts", as: cast.bob, #"{"content":"look","quote_of":"\#(root)"}"#)
            try await server.drained()
            #expect(await server.get("/v1/notifications", as: cast.alice).json["notifications"].array.count == 2)
            #expect(await server.patch("/v1/me", as: cast.bob, #"{"is_private":true}"#).status == 200)
            let told = await server.get("/v1/notifications", as: cast.alice).json
            #expect(told["notifications"].array.isEmpty && told["unread_count"] == .number(0))
        }
    }

    @Test(
        "a text in which there is nothing to see is no post",
        arguments: ["\u{200B}", "\u{FEFF} ", "\u{3164}", "\u{202E}"])
    func blank(text: String) async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let body = #"{"content":\#(TestServer.quoted(text))}"#
            #expect(await server.post("/v1/posts", as: alice, body).status == 422)
            #expect(await server.post("/v1/lists", as: alice, #"{"title":\#(TestServer.quoted(text))}"#).status == 422)
        }
    }
}
