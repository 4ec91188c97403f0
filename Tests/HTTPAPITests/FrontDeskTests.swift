import Accounts
import Core
import HTTPTypes
import KeyValue
import Logging
import NIOCore
import Testing

@testable import HTTPAPI

/// That its answers are the ordinary ones is checked with every GET of every test: see `FrontMirror`.
@Suite("The front desk")
struct FrontDeskTests {
    private static func request(_ target: String, as token: String? = nil, _ fields: String = "") -> [UInt8] {
        let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        return Array("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\(authorization)\(fields)\r\n".utf8)
    }

    private static func desk(_ server: TestServer) -> FrontDesk {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let responder = Responder(api: server.api, proxies: TrustedProxies(), logger: logger)
        return FrontDesk(FrontReception(responder, clock: server.clock.wall))
    }

    @Test("what was read before and is in memory is answered here, for whoever may see it")
    func hotRoutes() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.alice, cast.bob)
            var post = ""
            for index in 0..<5 { post = try await server.publish("post \(index)", by: cast.bob) }
            try await server.drained()
            let cursor = await server.get("/v1/feed?limit=2", as: cast.alice).json["next_cursor"].string
            let feeds = ["/v1/feed", "/v1/me/feed", "/v1/feed?limit=2&cursor=\(cursor ?? "")", "/v1/feed?limit=100"]
            let open = ["/v1/users/\(cast.bob.id)", "/v1/posts/\(post)"]
            let calls = feeds.map { ($0, cast.alice as Person?) } + open.flatMap { [($0, cast.alice), ($0, nil)] }
            for (target, person) in calls {
                _ = await server.get(target, as: person)
                let before = server.mirror?.answered ?? 0
                #expect(await server.get(target, as: person).status == 200)
                #expect(server.mirror?.answered == before + 1, "\(target)")
            }
        }
    }

    @Test("what would be refused, or is not in memory, is left to the ordinary way")
    func declined() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello", by: cast.bob)
            try await server.drained()
            for person in [cast.alice, cast.bob] {
                _ = await server.get("/v1/feed", as: person)
                _ = await server.get("/v1/posts/\(post)", as: person)
            }
            let desk = Self.desk(server)
            let token = cast.alice.token
            #expect(desk.bytes(Self.request("/v1/feed", as: token)) != nil)
            #expect(desk.bytes(Self.request("/v1/posts/\(post)")) != nil)
            let targets = [
                "/v1/feed?limit=0", "/v1/feed?limit=101", "/v1/feed?limit=05", "/v1/feed?cursor=x", "/v1/feed?since=l1",
                "/v1/feed?order=best", "/v1/feed?limit=2&limit=2", "/v1/feed/", "//v1/feed", "/V1/feed", "/v1/me",
                "/v1/posts/\(post)/", "/v1/posts/", "/v1/posts/0\(post)", "/v1/posts/\(post)/history", "/v1/posts/1",
                "/v1/users/\(post)", "/v1/users/by-username/bob", "/healthz", "/metrics", "/v1/posts/%31", "/",
            ]
            for target in targets { #expect(desk.bytes(Self.request(target, as: token)) == nil, "\(target)") }
            let authorizations = [
                "bearer \(token)", "Bearer  \(token)", "Bearer\t\(token)", "Bearer \(token.dropLast())",
                "Bearer \(token)x", "Bearer", "Bearer x", "Basic \(token)", token, "Bearer \(token) x",
                "Bearer \(token), Bearer \(token)", "Bearer " + String(repeating: "x", count: 3_500),
            ]
            for authorization in authorizations {
                let fields = "Authorization: \(authorization)\r\n"
                #expect(desk.bytes(Self.request("/v1/feed", as: nil, fields)) == nil, "\(authorization)")
                #expect(desk.bytes(Self.request("/v1/posts/\(post)", as: nil, fields)) == nil, "\(authorization)")
            }
            #expect(desk.bytes(Self.request("/v1/feed")) == nil)
            #expect(desk.bytes(Self.request("/v1/posts/\(post)", as: nil, "X-Forwarded-For: 192.0.2.9\r\n")) == nil)
            #expect(desk.bytes(Self.request("/v1/feed", as: token, "X-Forwarded-For: 192.0.2.9\r\n")) != nil)
        }
    }

    @Test("a token is good here until it expires, its session ends, its account goes or its key is withdrawn")
    func tokens() async throws {
        for ending in ["expiry", "logout", "suspension", "deletion", "key"] {
            try await TestServer.run { server in
                let alice = try await server.register("alice")
                _ = await server.get("/v1/feed", as: alice)
                let desk = Self.desk(server)
                let feed = Self.request("/v1/feed", as: alice.token)
                for _ in 0..<2 { try #require(desk.bytes(feed) != nil) }
                switch ending {
                case "expiry": server.clock.advance(by: .seconds(16 * 60))
                case "logout": #expect(await server.post("/v1/auth/logout", as: alice).status == 204)
                case "suspension":
                    try await server.services.accounts.suspend(try #require(ID<Account>(alice.id)))
                case "deletion": #expect(await server.leave(alice).status == 202)
                default: try await server.authority.rotateKeys(revokingOld: true)
                }
                #expect(desk.bytes(feed) == nil, "\(ending)")
                #expect(await server.get("/v1/feed", as: alice).status == 401, "\(ending)")
                #expect(desk.bytes(feed) == nil, "\(ending)")
            }
        }
    }

    @Test("both ways charge the same budgets, the front desk only for what it answers")
    func budgets() async throws {
        var options = TestServer.Options()
        options.limits.isEnabled = true
        options.limits.userReads = RateLimitRule(name: "user-reads", limit: 8, window: .seconds(36_000))
        options.limits.address = RateLimitRule(name: "address", limit: 4, window: .seconds(36_000))
        try await TestServer.run(options) { server in
            let alice = try await server.register("alice")
            let desk = Self.desk(server)
            func remaining(_ bytes: [UInt8]?) -> Substring? {
                let text = String(decoding: bytes ?? [], as: UTF8.self)
                return text.firstMatch(of: /\r\nRateLimit: "([a-z-]+";r=[0-9]+);t=[0-9]+\r\n/)?.1
            }
            let feed = Self.request("/v1/feed", as: alice.token)
            #expect(await server.get("/v1/feed", as: alice).status == 200)
            #expect(remaining(desk.bytes(feed)) == #"user-reads";r=6"#)
            #expect(desk.bytes(Self.request("/v1/posts/1", as: alice.token)) == nil)
            #expect(await server.get("/v1/feed", as: alice).headers[.rateLimit]?.contains("r=5") == true)
            for left in (0..<5).reversed() { #expect(remaining(desk.bytes(feed)) == #"user-reads";r=\#(left)"#) }
            #expect(desk.bytes(feed) == nil)
            #expect(await server.get("/v1/feed", as: alice).status == 429)

            let user = Self.request("/v1/users/\(alice.id)")
            for left in (1..<4).reversed() { #expect(remaining(desk.bytes(user)) == #"address";r=\#(left)"#) }
            #expect(await server.get("/v1/users/\(alice.id)").headers[.rateLimit]?.contains("r=0") == true)
            #expect(desk.bytes(user) == nil)
            #expect(remaining(desk.bytes(user, from: "192.0.2.2")) == #"address";r=3"#)
        }
    }

    @Test("answers that lie unsent are not written over by later ones")
    func unsent() async throws {
        try await TestServer.run { server in
            let people = [try await server.register("alice"), try await server.register("bob")]
            for person in people { _ = await server.get("/v1/users/\(person.id)", as: person) }
            let desk = Self.desk(server)
            var visitor = FrontDesk.Visitor(address: "192.0.2.1")
            let answers = try (0..<20).map { index in
                let request = Self.request("/v1/users/\(people[index % 2].id)")
                let answered = request.withUnsafeBytes { desk.answer($0, of: &visitor) }
                return try #require(answered?.answer)
            }
            for (index, answer) in answers.enumerated() {
                let text = String(buffer: answer)
                #expect(
                    text.contains(#""username":"\#(people[index % 2].name)""#) && text.hasPrefix("HTTP/1.1 200 OK\r\n"))
            }
        }
    }

    @Test("an answer longer than expected is whole, and so are those after it")
    func long() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            for _ in 0..<20 { try await server.publish(String(repeating: "\u{1F426}", count: 5_000), by: alice) }
            try await server.drained()
            _ = await server.get("/v1/feed", as: alice)
            // The mirror compares them.
            for target in ["/v1/feed?limit=1", "/v1/feed", "/v1/feed?limit=2", "/v1/users/\(alice.id)"] {
                let before = server.mirror?.answered ?? 0
                #expect(await server.get(target, as: alice).status == 200)
                #expect(server.mirror?.answered == before + 1, "\(target)")
            }
        }
    }

    @Test("where all answers may be compressed, those who speak of encodings go the ordinary way")
    func compression() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let target = "/v1/users/\(alice.id)"
            _ = await server.get(target)
            for compression in [Compression.off, .on, .all] {
                let desk = FrontDesk(
                    server.api.frontReception(clock: server.clock.wall, compression: compression))
                let plain = try #require(desk.bytes(Self.request(target)))
                let varies = String(decoding: plain, as: UTF8.self).contains("\r\nVary: Accept-Encoding\r\n")
                #expect(varies == (compression == .all))
                for value in ["gzip", "", "identity", "*;q=0"] {
                    let asked = desk.bytes(Self.request(target, as: nil, "accept-ENCODING: \(value)\r\n"))
                    #expect((asked == nil) == (compression == .all))
                }
            }
        }
    }
}
