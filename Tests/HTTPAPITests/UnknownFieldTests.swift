import HTTPTypes
import Testing

@testable import HTTPAPI

@Suite("Fields that a body does not have")
struct UnknownFieldTests {
    @Test(
        "a field whose name is misspelt is refused by its name, and nothing comes of the request",
        arguments: [
            ("POST", "/v1/posts", #"{"content":"secret","visibilty":"private"}"#, "visibilty"),
            ("POST", "/v1/posts", #"{"content":"secret","Visibility":"private"}"#, "Visibility"),
            ("POST", "/v1/posts", #"{"content":"secret","sharepolicy":"nobody"}"#, "sharepolicy"),
            ("PUT", "/v1/posts/POST", #"{"content":"secret","visibilty":"private"}"#, "visibilty"),
            ("PUT", "/v1/posts/POST", #"{"content":"secret","reply_to":null}"#, "reply_to"),
            ("PUT", "/v1/posts/POST", #"{"content":"secret","quote_of":"1"}"#, "quote_of"),
            ("PUT", "/v1/posts/POST", #"{"content":"secret","poll":null}"#, "poll"),
            ("PUT", "/v1/comments/COMMENT", #"{"content":"secret","visible":"private"}"#, "visible"),
            ("POST", "/v1/posts/POST/comments", #"{"content":"secret","quote_of":null}"#, "quote_of"),
            ("PUT", "/v1/posts/POST/settings", #"{"comments":"closed","comment":"open"}"#, "comment"),
            ("POST", "/v1/me/drafts", #"{"content":"secret","visibilty":"private"}"#, "visibilty"),
            ("PUT", "/v1/me/drafts/DRAFT", #"{"content":"secret","visibilty":"private"}"#, "visibilty"),
            (
                "POST", "/v1/me/scheduled",
                #"{"content":"secret","scheduled_at":"2030-01-01T00:00:00Z","visibilty":"private"}"#, "visibilty"
            ),
            ("PATCH", "/v1/me", #"{"bio":"secret","isPrivate":true}"#, "isPrivate"),
            (
                "POST", "/v1/posts",
                #"{"content":"secret","poll":{"options":["a","b"],"expires_in":600,"hide_total":true}}"#, "hide_total"
            ),
        ])
    func misspelt(method: String, path: String, body: String, field: String) async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let post = try await server.publish("hello", by: alice)
            let comment = await server.post("/v1/posts/\(post)/comments", as: alice, #"{"content":"hello"}"#)
            let draft = await server.post("/v1/me/drafts", as: alice, #"{"content":"kept"}"#)
            let target = path.replacing("POST", with: post)
                .replacing("COMMENT", with: comment.json["comment_id"].string ?? "")
                .replacing("DRAFT", with: draft.json["draft_id"].string ?? "")
            let answer = await server.send(
                Call(try #require(HTTPRequest.Method(method)), target, as: alice.token, body))
            #expect(answer.status == 422)
            #expect(answer.json["field"].string == field)
            #expect(answer.json["detail"].string?.hasPrefix("\(field) is no field of") == true)
            for query in [
                "SELECT count(*) FROM posts WHERE content = 'secret'",
                "SELECT count(*) FROM users WHERE bio = 'secret'",
                "SELECT count(*) FROM planned_posts WHERE content = 'secret'",
                "SELECT count(*) FROM posts WHERE state = 3 AND version > 1",
            ] {
                #expect(try await server.count(query) == 0)
            }
        }
    }

    @Test("every body has the fields that its document names, and refuses any other by its name")
    func every() async throws {
        try await TestServer.run { server in
            let bodies = server.api.routes.endpoints.filter { $0.operation.body != nil }
            #expect(bodies.count > 25)
            for endpoint in bodies {
                let place = "\(endpoint.method) \(endpoint.path)"
                let answer = try await server.answer(of: endpoint, to: #"{"no_such_field":null}"#)
                #expect(answer.status == 422 && answer.problem == "invalid", "\(place): \(answer.text)")
                #expect(answer.json["field"].string == "no_such_field", "\(place)")
                let schema = server.contract.document["components"]["schemas"][endpoint.operation.body ?? ""]
                #expect(schema["additionalProperties"] == .bool(false), "\(place)")
                let detail = answer.json["detail"].string ?? ""
                let known = detail.firstMatch(of: /which has (.*)\.$/)?.1.split(separator: ", ").map(String.init) ?? []
                // Named to say where posts are scheduled.
                let more = ["NewPost", "NewDraft"].contains(endpoint.operation.body) ? ["scheduled_at"] : []
                #expect(Set(known) == Set(schema["properties"].members.keys).union(more), "\(place)")
            }
        }
    }

    @Test("a route without a body refuses one that says something, and takes one that says nothing")
    func undocumented() async throws {
        try await TestServer.run { server in
            let others = server.api.routes.endpoints.filter { $0.operation.body == nil && $0.method != .get }
            #expect(others.count > 25)
            for endpoint in others {
                let place = "\(endpoint.method) \(endpoint.path)"
                let answer = try await server.answer(of: endpoint, to: #"{"no_such_field":null}"#)
                #expect(answer.status == 422 && answer.json["field"].string == "no_such_field", "\(place)")
                #expect(try await server.answer(of: endpoint, to: "[]").status == 400, "\(place)")
                let silent = try await server.answer(of: endpoint, to: " {\n} ")
                #expect(![400, 415].contains(silent.status), "\(place): \(silent.text)")
                #expect(silent.json["field"].string != "no_such_field", "\(place)")
            }
        }
    }

    @Test("what somebody writes to go with a repost is not lost without a word, and nothing is shared")
    func share() async throws {
        try await TestServer.run { server in
            let (alice, bob) = (try await server.register("alice"), try await server.register("bob"))
            let target = "/v1/posts/\(try await server.publish("hello", by: alice))/share"
            let answer = await server.post(target, as: bob, #"{"content":"look at this","visibility":"followers"}"#)
            #expect((answer.status, answer.json["field"].string) == (422, "content"))
            #expect(answer.json["detail"].string == "content is no field of this body, which has none.")
            #expect(try await server.count("SELECT count(*) FROM reposts") == 0)
            #expect(await server.post(target, as: bob, "{}").status == 201)
        }
    }

    @Test("of a name without end only the beginning is repeated")
    func long() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let body = #"{"content":"secret","\#(String(repeating: "x", count: 9_000))":1}"#
            let answer = await server.post("/v1/posts", as: alice, body)
            #expect(answer.status == 422)
            #expect(answer.json["field"].string?.count == 64)
        }
    }
}

extension TestServer {
    /// The answer to alice, new with everything that a path may name.
    fileprivate func answer(of endpoint: Endpoint, to body: String) async throws -> Answer {
        let alice = try await register("alice\(UInt32.random(in: 0...UInt32.max))")
        let id: String?
        switch endpoint.path.split(separator: "/").dropFirst().prefix(2).joined(separator: "/") {
        case "users/{id}": id = alice.id
        case "posts/{id}", "comments/{id}": id = try await publish("hello", by: alice)
        case "lists/{id}": id = await post("/v1/lists", as: alice, #"{"title":"Friends"}"#).json["list_id"].string
        case "me/drafts": id = await post("/v1/me/drafts", as: alice, #"{"content":"kept"}"#).json["draft_id"].string
        case "me/scheduled":
            let body = #"{"content":"soon","scheduled_at":"\#(time(in: 600_000))"}"#
            id = await post("/v1/me/scheduled", as: alice, body).json["scheduled_id"].string
        default: id = "1"
        }
        let target = endpoint.path.replacing("{id}", with: try #require(id)).replacing(/\{[a-z_]+\}/, with: "1")
        return await send(Call(endpoint.method, target, as: alice.token, body))
    }
}
