import Core
import HTTPTypes
import KeyValue
import Testing

@testable import HTTPAPI

/// A command that makes something: what it is called with, and where what it made is counted.
private struct Making: Sendable, CustomTestStringConvertible {
    let path: String
    var body: String?
    var other: String?
    let count: String

    var testDescription: String { path }
}

@Suite("Commands sent twice", .timeLimit(.minutes(10)))
struct RepeatedCommandTests {
    private static let makings = [
        Making(
            path: "/v1/me/drafts", body: #"{"content":"a"}"#, other: #"{"content":"b"}"#,
            count: "SELECT count(*) FROM planned_posts WHERE kind = 0"),
        Making(
            path: "/v1/me/scheduled", body: #"{"content":"a","scheduled_at":"TIME"}"#,
            other: #"{"content":"b","scheduled_at":"TIME"}"#,
            count: "SELECT count(*) FROM planned_posts WHERE kind = 1"),
        Making(
            path: "/v1/me/drafts/DRAFT/publish", count: "SELECT count(*) FROM posts WHERE content = 'kept'"),
        Making(
            path: "/v1/posts/POST/comments", body: #"{"content":"a"}"#, other: #"{"content":"b"}"#,
            count: "SELECT count(*) FROM posts WHERE reply_to IS NOT NULL"),
        Making(
            path: "/v1/lists", body: #"{"title":"a"}"#, other: #"{"title":"b"}"#, count: "SELECT count(*) FROM lists"),
        Making(
            path: "/v1/me/muted-words", body: #"{"phrase":"a"}"#, other: #"{"phrase":"b"}"#,
            count: "SELECT count(*) FROM muted_words"),
        Making(path: "/v1/me/export", count: "SELECT count(*) FROM exports"),
        Making(path: "/v1/posts/POST/share", count: "SELECT count(*) FROM reposts"),
    ]

    @Test("a command sent again under its key is done once, and answers as it did", arguments: makings)
    private func once(_ making: Making) async throws {
        try await TestServer.run { server in
            let (alice, bob) = (try await server.register("alice"), try await server.register("bob"))
            let call = try await calls(making, by: alice, below: bob, server)
            let first = await server.send(call.first)
            #expect([201, 202].contains(first.status))
            #expect(first.headers[.idempotencyReplayed] == nil)
            let again = await server.send(call.first)
            #expect(again.status == first.status)
            #expect(again.headers[.idempotencyReplayed] == "true")
            // What others did with it may be counted by now.
            let id = first.json["post_id"].string
            #expect(id == nil ? again.body == first.body : again.json["post_id"].string == id)
            #expect(try await server.count(making.count) == 1)
            if let second = call.second {
                let other = await server.send(second)
                #expect(other.status == 422)
                #expect(other.problem == "idempotency-mismatch")
            }
        }
    }

    @Test("a command under a key that many send at once is done once", arguments: makings)
    private func race(_ making: Making) async throws {
        try await TestServer.run { server in
            let (alice, bob) = (try await server.register("alice"), try await server.register("bob"))
            let call = try await calls(making, by: alice, below: bob, server).first
            let statuses = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<8 { group.addTask { await server.send(call).status } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.allSatisfy { [201, 202, 409].contains($0) }, "\(statuses)")
            #expect(try await server.count(making.count) == 1)
        }
    }

    @Test("what was made and is gone since is not made again")
    func gone() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let call = try Call(.post, "/v1/lists", as: alice.token, #"{"title":"a"}"#).with("Idempotency-Key", "k")
            let list = await server.send(call).json["list_id"].string ?? ""
            await server.delete("/v1/lists/\(list)", as: alice)
            #expect(await server.send(call).status == 404)
            #expect(try await server.count("SELECT count(*) FROM lists") == 0)
        }
    }

    @Test("a comment answers as before where the post, or the comment that it answers, is gone since")
    func commentBelowWhatIsGone() async throws {
        try await TestServer.run { server in
            let (alice, bob) = (try await server.register("alice"), try await server.register("bob"))
            let root = try await server.publish("root", by: alice)
            let parent = try await server.publish("parent", by: alice, replyTo: root)
            let target = "/v1/posts/\(root)/comments"
            let calls = [
                try Call(.post, target, as: bob.token, #"{"content":"a"}"#).with("Idempotency-Key", "k1"),
                try Call(.post, target, as: bob.token, #"{"content":"b","reply_to":"\#(parent)"}"#)
                    .with("Idempotency-Key", "k2"),
            ]
            var made: [String?] = []
            for call in calls { made.append(await server.send(call).json["comment_id"].string) }
            #expect(made.allSatisfy { $0 != nil })
            for gone in [parent, root] {
                #expect(await server.delete("/v1/posts/\(gone)", as: alice).status == 204)
                for (call, id) in zip(calls, made) {
                    let again = await server.send(call)
                    #expect(again.status == 201)
                    #expect(again.headers[.idempotencyReplayed] == "true")
                    #expect(again.json["comment_id"].string == id)
                }
            }
            let late = try Call(.post, target, as: bob.token, #"{"content":"c"}"#).with("Idempotency-Key", "k3")
            #expect(await server.send(late).status == 404)
            #expect(try await server.count("SELECT count(*) FROM posts WHERE author_id = \(bob.id)") == 2)
        }
    }

    @Test("what was planned and is published since answers as before, and with the post that it has become")
    func published() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let body = #"{"content":"later","visibility":"followers","scheduled_at":"\#(server.time(in: 60))"}"#
            let scheduling = try Call(.post, "/v1/me/scheduled", as: alice.token, body).with("Idempotency-Key", "k")
            let keeping = try Call(.post, "/v1/me/drafts", as: alice.token, #"{"content":"kept"}"#)
                .with("Idempotency-Key", "k")
            let (scheduled, kept) = (await server.send(scheduling), await server.send(keeping))
            let draft = kept.json["draft_id"].string ?? ""
            #expect(await server.post("/v1/me/drafts/\(draft)/publish", as: alice).status == 201)
            server.clock.advance(by: .seconds(61))
            try await server.publishDue()
            let (rescheduled, rekept) = (await server.send(scheduling), await server.send(keeping))
            for (first, again) in [(scheduled, rescheduled), (kept, rekept)] {
                #expect(again.status == 201)
                #expect(again.headers[.idempotencyReplayed] == "true")
                for name in ["scheduled_id", "draft_id", "content", "visibility", "scheduled_at"] {
                    #expect(again.json[name] == first.json[name], "\(name)")
                }
                let post = again.json["post_id"].string ?? ""
                let shown = await server.get("/v1/posts/\(post)", as: alice)
                #expect(shown.json["content"] == first.json["content"])
                #expect(await server.delete("/v1/posts/\(post)", as: alice).status == 204)
            }
            #expect(await server.send(scheduling).status == 404)
            #expect(try await server.count("SELECT count(*) FROM posts WHERE state = 3") == 0)
        }
    }

    @Test("a repost that was taken back does not come again with a late repetition")
    func lateShare() async throws {
        try await TestServer.run { server in
            let (alice, bob) = (try await server.register("alice"), try await server.register("bob"))
            let post = try await server.publish("hello", by: bob)
            let call = try Call(.post, "/v1/posts/\(post)/share", as: alice.token).with("Idempotency-Key", "k")
            #expect(await server.send(call).status == 201)
            await server.delete("/v1/posts/\(post)/share", as: alice)
            #expect(await server.send(call).status == 201)
            #expect(try await server.count("SELECT count(*) FROM reposts") == 0)
        }
    }

    @Test("every command with a token that makes something takes a key, and says so")
    func documented() async throws {
        try await TestServer.run { server in
            for endpoint in server.api.routes.endpoints where endpoint.method == .post {
                guard case .required = endpoint.access, [201, 202].contains(endpoint.operation.answer.status) else {
                    continue
                }
                let operation = endpoint.operation
                #expect(operation.parameters.contains("idempotencyKey"), "\(operation.id)")
                #expect(operation.problems.contains(409), "\(operation.id)")
            }
        }
    }

    private func calls(
        _ making: Making, by maker: Person, below author: Person, _ server: TestServer
    ) async throws -> (first: Call, second: Call?) {
        var path = making.path
        if path.contains("POST") { path.replace("POST", with: try await server.publish("hello", by: author)) }
        if path.contains("DRAFT") {
            let draft = await server.post("/v1/me/drafts", as: maker, #"{"content":"kept"}"#)
            path.replace("DRAFT", with: draft.json["draft_id"].string ?? "")
        }
        let time = server.time(in: 60)
        let bodies = [making.body, making.other].map { $0?.replacing("TIME", with: time) }
        let calls = try bodies.map { body in
            try Call(.post, path, as: maker.token, body).with("Idempotency-Key", "k1")
        }
        return (calls[0], making.other == nil ? nil : calls[1])
    }
}
