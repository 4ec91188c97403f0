import Accounts
import Core
import HTTPTypes
import KeyValue
import Posts
import Testing

@testable import HTTPAPI

@Suite("Idempotency keys")
struct IdempotencyTests {
    private static let body = #"{"content":"once"}"#

    private func call(_ person: Person, _ key: String, body: String = body) throws -> Call {
        try Call(.post, "/v1/posts", as: person.token, body).with("Idempotency-Key", key)
    }

    @Test("the same request again answers with the same post, also under the alias and quoted")
    func replay() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let first = await server.send(try call(alice, "k1"))
            #expect(first.headers[.idempotencyReplayed] == nil)
            var alias = try call(alice, #""k1""#)
            alias.target = "/v1/me/feed"
            for again in [try call(alice, "k1"), alias] {
                let answer = await server.send(again)
                #expect(answer.status == 201)
                #expect(answer.body == first.body)
                #expect(answer.headers[.idempotencyReplayed] == "true")
            }
            #expect(await server.contents("/v1/feed", as: alice) == ["once"])
            #expect(await server.send(try call(alice, "k2")).headers[.idempotencyReplayed] == nil)
        }
    }

    @Test("another body under the same key is refused")
    func mismatch() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            await server.send(try call(alice, "k1"))
            let other = await server.send(try call(alice, "k1", body: #"{"content":"twice"}"#))
            #expect(other.status == 422)
            #expect(other.problem == "idempotency-mismatch")
        }
    }

    @Test("while the first is being handled the second is refused")
    func inFlight() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let id = try #require(ID<Account>(alice.id))
            let key = try IdempotencyKey(account: id, route: "/v1/posts", text: "k1")
            #expect(server.locks.tryAcquire(key))
            let refused = await server.send(try call(alice, "k1"))
            #expect(refused.status == 409)
            #expect(refused.problem == "idempotency-in-flight")
            server.locks.release(key)
            #expect(await server.send(try call(alice, "k1")).status == 201)
        }
    }

    @Test("many at once publish one post")
    func race() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let call = try call(alice, "k1")
            let statuses = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<20 { group.addTask { await server.send(call).status } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.allSatisfy { $0 == 201 || $0 == 409 })
            #expect(statuses.contains(201))
            #expect(await server.contents("/v1/feed", as: alice) == ["once"])
        }
    }

    @Test("keys belong to their account, last a day, and do not bring a deleted post back")
    func scope() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let bob = try await server.register("bob")
            let first = await server.send(try call(alice, "k1"))
            #expect(await server.send(try call(bob, "k1")).headers[.idempotencyReplayed] == nil)
            #expect(await server.send(try call(bob, "k1")).json["author"]["username"] == .text("bob"))
            await server.delete("/v1/posts/\(first.json["post_id"].string ?? "")", as: alice)
            #expect(await server.send(try call(alice, "k1")).status == 404)
            server.clock.advance(by: .seconds(24 * 3600 + 1))
            let next = try await server.login("alice")
            let fresh = await server.send(try call(next, "k1"))
            #expect(fresh.status == 201)
            #expect(fresh.headers[.idempotencyReplayed] == nil)
        }
    }

    @Test("a refused request does not use its key up")
    func refusal() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            #expect(await server.send(try call(alice, "k1", body: #"{"content":""}"#)).status == 422)
            #expect(await server.send(try call(alice, "k1")).status == 201)
        }
    }

    @Test(
        "a key is 1 to 255 visible ASCII characters",
        arguments: [
            (String(repeating: "k", count: 255), 201), (String(repeating: "k", count: 256), 422),
            ("\"" + String(repeating: "k", count: 255) + "\"", 201), ("", 422), ("\"\"", 422), ("\"", 201),
            ("a b", 422), ("a\tb", 422), ("ключ", 422), ("\"a\"b\"", 201), ("🐦", 422), ("é", 422),
        ])
    func form(key: String, status: Int) async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            #expect(await server.send(try call(alice, key)).status == status)
        }
    }
}
