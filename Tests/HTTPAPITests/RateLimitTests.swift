import HTTPTypes
import KeyValue
import Testing

@testable import HTTPAPI

@Suite("Rate limits")
struct RateLimitTests {
    private static let tight: TestServer.Options = {
        var limits = RateLimits()
        limits.userReads = RateLimitRule(name: "user-reads", limit: 3, window: .seconds(3600))
        limits.userWrites = RateLimitRule(name: "user-writes", limit: 2, window: .seconds(3600))
        limits.address = RateLimitRule(name: "address", limit: 2, window: .seconds(3600))
        limits.credentials = RateLimitRule(name: "credentials", limit: 4, window: .seconds(3600))
        return TestServer.Options(limits: limits)
    }()

    @Test("answers say what is left; past it comes a 429 that says when to come back")
    func headers() async throws {
        try await TestServer.run(Self.tight) { server in
            let alice = try await server.register("alice")
            let first = await server.get("/v1/me", as: alice)
            #expect(first.headers[.rateLimitPolicy] == #""user-reads";q=3;w=3600"#)
            #expect(first.headers[.rateLimit]?.hasPrefix(#""user-reads";r=2;t="#) == true)
            for _ in 0..<2 { #expect(await server.get("/v1/feed", as: alice).status == 200) }
            let refused = await server.get("/v1/me", as: alice)
            #expect(refused.status == 429)
            #expect(refused.problem == "rate-limited")
            #expect(refused.headers[.rateLimit]?.hasPrefix(#""user-reads";r=0;t="#) == true)
            let wait = try #require(refused.headers[.retryAfter].flatMap { Int($0) })
            #expect((1...1200).contains(wait))
        }
    }

    @Test("passwords are tried for one account so often, from wherever")
    func guesses() async throws {
        var limits = RateLimits()
        limits.guesses = RateLimitRule(name: "guesses", limit: 2, window: .seconds(3600))
        try await TestServer.run(TestServer.Options(limits: limits)) { server in
            let alice = try await server.register("alice")
            _ = try await server.register("bob")
            func login(_ name: String, from address: String) async -> Int {
                var call = Call(.post, "/v1/users/login", #"{"username":"\#(name)","password":"wrong horse"}"#)
                call.headers[.contentType] = "application/json"
                call.address = address
                return await server.send(call).status
            }
            #expect(await login("alice", from: "192.0.2.1") == 401)
            #expect(await login("ALICE", from: "192.0.2.2") == 401)
            #expect(await login("alice", from: "192.0.2.3") == 429)
            #expect(await login("bob", from: "192.0.2.3") == 401)
            // Who holds a token of hers cannot try them either.
            let change = #"{"password":"another horse","current_password":"wrong horse"}"#
            for _ in 0..<2 { #expect(await server.patch("/v1/me", as: alice, change).status == 403) }
            #expect(await server.patch("/v1/me", as: alice, change).status == 429)
        }
    }

    @Test("reads, writes, accounts and addresses have budgets of their own")
    func budgets() async throws {
        try await TestServer.run(Self.tight) { server in
            let alice = try await server.register("alice")
            let bob = try await server.register("bob")
            for _ in 0..<4 { _ = await server.get("/v1/me", as: alice) }
            #expect(await server.get("/v1/me", as: bob).status == 200)
            #expect(await server.post("/v1/posts", as: alice, #"{"content":"hello"}"#).status == 201)
            for _ in 0..<2 { #expect(await server.get("/v1/users/\(alice.id)").status == 200) }
            #expect(await server.get("/v1/users/\(alice.id)").status == 429)
            var elsewhere = Call(.get, "/v1/users/\(alice.id)")
            elsewhere.address = "198.51.100.9"
            #expect(await server.send(elsewhere).status == 200)
            #expect(await server.get("/healthz").headers[.rateLimit] == nil)
        }
    }

    @Test("logins and registrations are charged to the address, by two rules at once")
    func credentials() async throws {
        try await TestServer.run(Self.tight) { server in
            let answer = await server.post("/v1/users/register", TestServer.registration("alice"))
            let policy = #""credentials";q=4;w=3600, "credentials-day";q=1000;w=86400"#
            #expect(answer.headers[.rateLimitPolicy] == policy)
            let body = #"{"username":"alice","password":"wrong"}"#
            for _ in 0..<3 { #expect(await server.post("/v1/users/login", body).status == 401) }
            #expect(await server.post("/v1/users/login", body).status == 429)
        }
    }

    @Test(
        "what no endpoint takes is charged to the address, whoever asks",
        arguments: [
            ("GET", "/nowhere", 404), ("POST", "/v1/nowhere/1", 404), ("DELETE", "/healthz", 405),
            ("OPTIONS", "/", 404),
        ])
    func unknown(method: String, path: String, status: Int) async throws {
        try await TestServer.run(Self.tight) { server in
            let alice = try await server.register("alice")
            var call = Call(try #require(HTTPRequest.Method(method)), path)
            let first = await server.send(call)
            #expect(first.status == status && first.headers[.rateLimit]?.hasPrefix(#""address";r=1;t="#) == true)
            call.token = alice.token
            #expect(await server.send(call).status == status)
            let refused = await server.send(call)
            #expect(refused.status == 429 && refused.headers[.retryAfter] != nil && refused.headers[.allow] == nil)
            // Her own budget is what it was.
            #expect(await server.get("/v1/me", as: alice).headers[.rateLimit]?.contains("r=2") == true)
            call.address = "198.51.100.9"
            #expect(await server.send(call).status == status)
        }
    }

    @Test("bad tokens are charged to the address")
    func badTokens() async throws {
        try await TestServer.run(Self.tight) { server in
            for _ in 0..<2 { #expect(await server.send(Call(.get, "/v1/me", as: "no.such.token")).status == 401) }
            #expect(await server.send(Call(.get, "/v1/me", as: "no.such.token")).status == 429)
        }
    }
}
