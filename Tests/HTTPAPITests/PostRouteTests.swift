import HTTPTypes
import Testing

@testable import HTTPAPI

@Suite("Posts")
struct PostRouteTests {
    @Test("a post is published, read, edited with a history, and deleted")
    func life() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let created = await server.post("/v1/posts", as: alice, #"{"content":"first"}"#)
            #expect(created.status == 201)
            #expect(created.json["visibility"] == .text("public"))
            #expect(created.json["author"]["username"] == .text("alice"))
            let target = "/v1/posts/" + (created.json["post_id"].string ?? "")
            #expect(await server.get(target).json == created.json)

            server.clock.advance(by: .seconds(60))
            let edited = await server.put(target, as: alice, #"{"content":"second","visibility":"followers"}"#)
            #expect(edited.json["content"] == .text("second"))
            #expect(edited.json["edited_at"] != .null)
            #expect(await server.get(target).status == 404)
            let history = await server.get("\(target)/history", as: alice).json["revisions"].array
            #expect(history.map { $0["content"] } == [.text("second"), .text("first")])
            #expect(history.map { $0["version"] } == [.number(2), .number(1)])
            #expect(history.last?["written_at"] == created.json["created_at"])

            #expect(await server.delete(target, as: alice).status == 204)
            #expect(await server.delete(target, as: alice).status == 404)
            #expect(await server.get(target, as: alice).status == 404)
            #expect(await server.get("\(target)/history", as: alice).status == 404)
            #expect(await server.contents("/v1/users/\(alice.id)/posts", as: alice) == [])
        }
    }

    @Test("opening a post does not open its past")
    func hiddenHistory() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let post = try await server.publish("secret", by: alice, visibility: "private")
            await server.put("/v1/posts/\(post)", as: alice, #"{"content":"open","visibility":"public"}"#)
            let seen = await server.get("/v1/posts/\(post)/history").json["revisions"].array
            #expect(seen.map { $0["content"] } == [.text("open")])
        }
    }

    @Test("the alias publishes too")
    func alias() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            #expect(await server.post("/v1/me/feed", as: alice, #"{"content":"hello"}"#).status == 201)
            #expect(await server.contents("/v1/me/feed", as: alice) == ["hello"])
        }
    }

    @Test(
        "what may not be posted is refused",
        arguments: [
            (#"{"content":""}"#, "invalid"), (#"{"content":" \n\t\u3000"}"#, "invalid"), ("{}", "invalid"),
            (#"{"content":"a\u0000b"}"#, "invalid"), (#"{"content":"a","visibility":"secret"}"#, "invalid"),
            (#"{"content":"a","reply_to":"1"}"#, "invalid"), (#"{"content":"a","reply_to":1}"#, "invalid"),
            (#"{"content":"a","reply_to":"x"}"#, "invalid"), (#"{"content":["a"]}"#, "invalid"),
            (#""content""#, "bad-request"),
        ])
    func refused(body: String, problem: String) async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            #expect(await server.post("/v1/posts", as: alice, body).problem == problem)
        }
    }

    @Test("length counts in characters and in bytes")
    func length() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            func status(_ text: String) async -> Int {
                await server.post("/v1/posts", as: alice, #"{"content":\#(TestServer.quoted(text))}"#).status
            }
            #expect(await status(String(repeating: "a", count: 5_000)) == 201)
            #expect(await status(String(repeating: "a", count: 5_001)) == 422)
            #expect(await status(String(repeating: "🐦", count: 5_000)) == 201)
            #expect(await status(String(repeating: "🐦", count: 5_001)) == 422)
            // One character of a thousand scalars is one character, and its bytes count all the same.
            #expect(await status("a" + String(repeating: "\u{301}", count: 9_999)) == 201)
            #expect(await status("a" + String(repeating: "\u{301}", count: 10_000)) == 422)
        }
    }

    @Test("replies hang below their post, and are listed on demand")
    func replies() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let root = try await server.publish("root", by: cast.alice)
            let reply = try await server.publish("reply", by: cast.bob, replyTo: root)
            try await server.publish("reply to reply", by: cast.alice, replyTo: reply)
            try await server.drained()
            #expect(await server.get("/v1/posts/\(reply)").json["reply_to"] == .text(root))
            #expect(await server.get("/v1/posts/\(root)").json["comments_count"] == .number(2))
            let list = "/v1/users/\(cast.alice.id)/posts"
            #expect(await server.contents(list) == ["root"])
            #expect(await server.contents("\(list)?replies=true") == ["reply to reply", "root"])
            #expect(await server.get("\(list)?replies=maybe").problem == "invalid")
        }
    }

    @Test("a post can be edited 99 times, and shown to fewer after that")
    func revisions() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let target = "/v1/posts/\(try await server.publish("0", by: alice))"
            for number in 1...99 {
                #expect(await server.put(target, as: alice, #"{"content":"\#(number)"}"#).status == 200)
            }
            // The same again is no new version.
            #expect(await server.put(target, as: alice, #"{"content":"99"}"#).status == 200)
            #expect(await server.put(target, as: alice, #"{"content":"100"}"#).problem == "limit-reached")
            #expect(await server.get("\(target)/history").json["revisions"].array.count == 100)

            // To show it to fewer is no new version.
            func show(_ visibility: String, _ content: String = "99") async -> Answer {
                await server.put(target, as: alice, #"{"content":"\#(content)","visibility":"\#(visibility)"}"#)
            }
            #expect(await show("private", "100").problem == "limit-reached")
            let narrowed = await show("followers")
            #expect(narrowed.json["visibility"] == .text("followers"))
            #expect(await server.get(target).status == 404)
            #expect(await show("public").problem == "limit-reached")
            #expect(await show("close_friends").problem == "limit-reached", "who need not follow")
            #expect(await show("private").json["visibility"] == .text("private"))
            #expect(await show("followers").problem == "limit-reached")
            #expect(await server.get(target, as: alice).json["content"] == .text("99"))
            #expect(await server.get("\(target)/history", as: alice).json["revisions"].array.count == 100)
        }
    }

    @Test("a body that is not JSON in UTF-8 is a 415; none needs no type")
    func mediaTypes() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let call = Call(.post, "/v1/posts", as: cast.alice.token, #"{"content":"hello"}"#)
            let good = [
                "application/json", "Application/JSON; charset=utf-8", #"application/json;charset="UTF-8""#,
            ]
            for type in good { #expect(await server.send(try call.with("Content-Type", type)).status == 201) }
            let bad = ["text/plain", "", "application/json; charset=latin1", "application/jsonp", "json", ";"]
            for type in bad { #expect(await server.send(try call.with("Content-Type", type)).status == 415) }
            #expect(await server.post("/v1/users/\(cast.bob.id)/follow", as: cast.alice).status == 200)
        }
    }
}
