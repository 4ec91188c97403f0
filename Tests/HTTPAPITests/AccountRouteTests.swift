import Testing

@testable import HTTPAPI

@Suite("Accounts")
struct AccountRouteTests {
    @Test("what is absent stays, what is null is cleared")
    func changes() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let all = #"{"display_name":"Alice 🐦","bio":"I watch.\nBirds.","avatar_url":"https://example.org/a.png"}"#
            let changed = await server.patch("/v1/me", as: alice, all)
            #expect(changed.json["display_name"] == .text("Alice 🐦"))
            #expect(changed.json["bio"] == .text("I watch.\nBirds."))
            let more = await server.put("/v1/users/\(alice.id)", as: alice, #"{"is_private":true,"bio":null}"#)
            #expect(more.json["display_name"] == .text("Alice 🐦"))
            #expect(more.json["bio"] == .text(""))
            #expect(more.json["is_private"] == .bool(true))
            let cleared = await server.patch("/v1/me", as: alice, #"{"display_name":null,"avatar_url":null}"#)
            #expect(cleared.json["display_name"] == .text("alice"))
            #expect(cleared.json["avatar_url"] == .null)
            #expect(await server.get("/v1/me", as: alice).json == cleared.json)
        }
    }

    @Test("texts that look the same but are other bytes are stored anew")
    func bytes() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let composed = "caf\u{E9}"
            let decomposed = "cafe\u{301}"
            for text in [composed, decomposed] {
                let quoted = TestServer.quoted(text)
                await server.patch("/v1/me", as: alice, #"{"display_name":\#(quoted),"bio":\#(quoted)}"#)
                let me = await server.get("/v1/me", as: alice).json
                #expect(me["display_name"].string.map { Array($0.utf8) } == Array(text.utf8))
                #expect(me["bio"].string.map { Array($0.utf8) } == Array(text.utf8))
            }
            let post = try await server.publish(composed, by: alice)
            await server.put("/v1/posts/\(post)", as: alice, #"{"content":\#(TestServer.quoted(decomposed))}"#)
            let stored = await server.get("/v1/posts/\(post)").json["content"].string
            #expect(stored.map { Array($0.utf8) } == Array(decomposed.utf8))
        }
    }

    @Test(
        "changes that may not be are refused with their reason",
        arguments: [
            (#"{"display_name":""}"#, "invalid"), (#"{"display_name":"a\nb"}"#, "invalid"),
            (#"{"avatar_url":"ftp://example.org"}"#, "invalid"), (#"{"avatar_url":"//example.org"}"#, "invalid"),
            (#"{"email":"new@example.org"}"#, "invalid"), (#"{"password":"another horse"}"#, "invalid"),
            (#"{"password":"another horse","current_password":"wrong"}"#, "wrong-password"),
            (#"{"email":"bob@example.org","current_password":"correct horse"}"#, "email-taken"),
            (#"{"is_private":"yes"}"#, "invalid"), ("[]", "bad-request"), ("", "bad-request"),
        ])
    func refusedChanges(body: String, problem: String) async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            _ = try await server.register("bob")
            #expect(await server.patch("/v1/me", as: alice, body).problem == problem)
        }
    }

    @Test("a new password ends the other sessions, and a new e-mail address logs in")
    func credentials() async throws {
        try await TestServer.run { server in
            let here = try await server.register("alice")
            let there = try await server.login("alice")
            let body = #"{"password":"battery staple","email":"a@b.example","current_password":"correct horse"}"#
            #expect(await server.patch("/v1/me", as: here, body).json["email"] == .text("a@b.example"))
            #expect(await server.get("/v1/me", as: here).status == 200)
            #expect(await server.get("/v1/me", as: there).status == 401)
            let login = #"{"email":"a@b.example","password":"battery staple"}"#
            #expect(await server.post("/v1/users/login", login).status == 200)
        }
    }

    @Test("a deleted account is gone with its posts, and its name stays taken")
    func deletion() async throws {
        try await TestServer.run(TestServer.Options(deletionGrace: .zero)) { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello", by: cast.alice)
            try await server.follow(cast.bob, cast.alice)
            try await server.drained()
            #expect(await server.contents("/v1/feed", as: cast.bob) == ["hello"])
            #expect(await server.leave(cast.alice).status == 202)
            // Before and after the rest has been erased.
            for _ in 0..<2 {
                #expect(await server.get("/v1/me", as: cast.alice).status == 401)
                #expect(await server.get("/v1/users/\(cast.alice.id)", as: cast.bob).status == 404)
                #expect(await server.get("/v1/users/by-username/alice").status == 404)
                #expect(await server.get("/v1/posts/\(post)").status == 404)
                #expect(await server.contents("/v1/feed", as: cast.bob) == [])
                #expect(await server.usernames("/v1/users/\(cast.bob.id)/following") == [])
                try await server.eraseDue()
            }
            #expect(await server.get("/v1/users/\(cast.bob.id)").json["following_count"] == .number(0))
            let again = await server.post("/v1/users/register", TestServer.registration("alice"))
            #expect(again.problem == "username-taken")
        }
    }

    @Test("counters follow")
    func counters() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.bob, cast.alice)
            try await server.follow(cast.carol, cast.alice)
            try await server.publish("one", by: cast.alice)
            try await server.publish("mine", by: cast.alice, visibility: "private")
            try await server.drained()
            let alice = await server.get("/v1/users/\(cast.alice.id)").json
            #expect(alice["followers_count"] == .number(2))
            #expect(alice["posts_count"] == .number(1))
            #expect(await server.get("/v1/users/\(cast.bob.id)").json["following_count"] == .number(1))
        }
    }
}
