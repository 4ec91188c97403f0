import Core
import HTTPTypes
import KeyValue
import Testing

@testable import HTTPAPI

@Suite("Pages of other origins")
struct CrossOriginTests {
    private static let app = AllowedOriginsTests.app

    private static func options(_ origins: [String] = [app]) throws -> TestServer.Options {
        var options = TestServer.Options()
        options.allowedOrigins = try AllowedOrigins(origins)
        return options
    }

    /// Requests with the statuses they are answered with, whoever asks how often.
    private static func calls(_ alice: Person, _ server: TestServer) throws -> [(status: Int, call: Call)] {
        let token = alice.token
        let tooMany = try (0...Limits.headerCountMax).reduce(Call(.get, "/v1/feed")) { try $0.with("X-\($1)", "x") }
        return [
            (200, Call(.get, "/v1/me", as: token)), (200, Call(.get, "/v1/users/\(alice.id)")),
            (200, Call(.get, "/openapi.json")), (200, try Call(.get, "/openapi.json").with("Accept-Encoding", "gzip")),
            (200, Call(.head, "/v1/feed", as: token)), (200, Call(.get, "/v1/stream", as: token)),
            (200, Call(.get, "/v1/me/export/archive", as: token)), (200, Call(.get, "/healthz")),
            (201, Call(.post, "/v1/posts", as: token, #"{"content":"hello"}"#)),
            (204, Call(.delete, "/v1/me/kept-items", as: token)),
            (400, Call(.get, "/v1/feed?a=%zz")), (400, Call(.post, "/v1/posts", as: token, "{")),
            (401, Call(.get, "/v1/feed")), (401, Call(.get, "/v1/feed", as: "no.such.token")),
            (403, Call(.patch, "/v1/me", as: token, #"{"password":"another horse","current_password":"wrong"}"#)),
            (404, Call(.get, "/nowhere")), (404, Call(.get, "/v1/posts/1")), (404, Call(.get, "/metrics")),
            (405, Call(.delete, "/healthz")), (405, Call(.options, "/healthz")),
            (409, Call(.post, "/v1/users/register", TestServer.registration("alice"))),
            (413, try Call(.post, "/v1/posts", as: token, "{}").with("Content-Length", "999999999")),
            (414, Call(.get, "/" + String(repeating: "a", count: Limits.urlBytesMax))),
            (415, try Call(.post, "/v1/posts", as: token, "{}").with("Content-Type", "text/plain")),
            (422, Call(.post, "/v1/posts", as: token, "{}")),
            (426, Call(.get, "/v1/stream/ws", as: token)), (431, tooMany),
        ]
    }

    private static func expectMarked(_ answer: EdgeAnswer, _ origin: String, _ call: Call) {
        let fields = answer.fields
        #expect(fields[.accessControlAllowOrigin] == origin, "\(call.method) \(call.target)")
        #expect(fields[.accessControlExposeHeaders]?.contains("Retry-After") == true, "\(call.target)")
        #expect(fields[.vary]?.hasPrefix("Origin") == true, "\(call.target)")
        #expect(!fields.contains { $0.name.canonicalName == "access-control-allow-credentials" })
    }

    @Test("answers of every kind name an origin that is allowed, and no other")
    func everyKind() async throws {
        try await TestServer.run(Self.options()) { server in
            let alice = try await ExportTests.populate(server).alice
            _ = try await ExportTests.archive(server, of: alice)
            for (status, call) in try Self.calls(alice, server) {
                let own = await server.edgeAnswer(try call.with("Origin", Self.app))
                #expect(own.status == status, "\(call.method) \(call.target)")
                Self.expectMarked(own, Self.app, call)
                let foreign = await server.edgeAnswer(try call.with("Origin", "https://evil.example.com"))
                #expect(foreign.fields[.accessControlAllowOrigin] == nil, "\(call.target)")
                #expect(foreign.fields[.vary]?.hasPrefix("Origin") == true, "\(call.target)")
                let program = await server.edgeAnswer(call)
                #expect(program.fields[.accessControlAllowOrigin] == nil, "\(call.target)")
                #expect(program.fields[.accessControlExposeHeaders] == nil, "\(call.target)")
                // What is never kept needs no word of it.
                let isKept = program.fields[.cacheControl] != "no-store"
                #expect((program.fields[.vary]?.hasPrefix("Origin") == true) == isKept, "\(call.target)")
            }
            let packed = try Call(.get, "/openapi.json").with("Accept-Encoding", "gzip").with("Origin", Self.app)
            #expect(await server.edgeAnswer(packed).fields[.vary] == "Origin, Accept-Encoding")
            server.readiness.stopServing()
            let call = try Call(.get, "/readyz").with("Origin", Self.app)
            let starting = await server.edgeAnswer(call)
            #expect(starting.status == 503)
            Self.expectMarked(starting, Self.app, call)
        }
    }

    @Test("so do streams, and refusals for asking too much")
    func refused() async throws {
        var options = try Self.options(["*"])
        options.limits.isEnabled = true
        options.limits.userReads = RateLimitRule(name: "user-reads", limit: 2, window: .seconds(3600))
        try await TestServer.run(options) { server in
            let alice = try await server.register("alice")
            let call = try Call(.get, "/v1/stream", as: alice.token).with("Origin", "null")
            for status in [200, 200, 429] {
                let answer = await server.edgeAnswer(call)
                #expect(answer.status == status && answer.isStream == (status == 200))
                Self.expectMarked(answer, "*", call)
            }
        }
    }

    @Test("a server that allows none says nothing of origins")
    func none() async throws {
        try await TestServer.run { server in
            let alice = try await ExportTests.populate(server).alice
            _ = try await ExportTests.archive(server, of: alice)
            for (_, call) in try Self.calls(alice, server) where !call.target.hasPrefix("/v1/stream") {
                let answer = await server.edgeAnswer(try call.with("Origin", Self.app))
                let plain = await server.edgeAnswer(call)
                #expect(answer.status == plain.status && answer.lastingLines == plain.lastingLines, "\(call.target)")
                #expect(!answer.fields.contains { $0.name.canonicalName.hasPrefix("access-control") }, "\(call.target)")
            }
            let preflight = try Call(.options, "/v1/feed").with("Origin", Self.app)
                .with("Access-Control-Request-Method", "GET")
            #expect(await server.edgeAnswer(preflight).status == 405)
        }
    }

    @Test("what pages may read of answers is all that the document names and a page can use")
    func exposed() async throws {
        try await TestServer.run { server in
            let unusable = [
                "Vary", "Content-Encoding", "Upgrade", "Sec-WebSocket-Version", "Sec-WebSocket-Accept",
            ]
            let documented = server.contract.document["components"]["headers"].members.keys
            let exposed = Set(AllowedOrigins.exposedHeaders.split(separator: ", ").map(String.init))
            #expect(exposed == Set(documented).subtracting(unusable).union(["Content-Disposition"]))
        }
    }
}
