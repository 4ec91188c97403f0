import HTTPTypes
import Testing

@testable import HTTPAPI

@Suite("Bodies that say who sees something")
struct UnknownFieldTests {
    @Test(
        "a field whose name is misspelt is refused by its name, and nothing comes of the request",
        arguments: [
            ("POST", "/v1/posts", #"{"content":"secret","visibilty":"private"}"#, "visibilty"),
            ("POST", "/v1/posts", #"{"content":"secret","Visibility":"private"}"#, "Visibility"),
            ("POST", "/v1/posts", #"{"content":"secret","sharepolicy":"nobody"}"#, "sharepolicy"),
            ("PUT", "/v1/posts/POST", #"{"content":"secret","visibilty":"private"}"#, "visibilty"),
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
