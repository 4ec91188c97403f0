import HTTPTypes
import Streaming
import Testing

@testable import HTTPAPI

@Suite("The handshake of WebSocket")
struct WebSocketRouteTests {
    static let handshake = [
        ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ]

    private func call(_ headers: [(String, String)], as token: String? = nil) throws -> Call {
        try headers.reduce(Call(.get, "/v1/stream/ws", as: token)) { try $0.with($1.0, $1.1) }
    }

    @Test("it is accepted as RFC 6455 says, with a token and without")
    func accepted() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            for token in [alice.token, nil] {
                let answer = try await server.send(call(Self.handshake, as: token))
                #expect(answer.status == 101)
                #expect(answer.headers[.secWebSocketAccept] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            }
            #expect(try await server.send(call(Self.handshake, as: "no token")).status == 401)
        }
    }

    @Test("what is no handshake is refused", arguments: handshake.map(\.0))
    func refused(lacking name: String) async throws {
        try await TestServer.run { server in
            let answer = try await server.send(call(Self.handshake.filter { $0.0 != name }))
            #expect(answer.status == (name == "Sec-WebSocket-Key" ? 400 : 426))
            if answer.status == 426 {
                #expect(answer.headers[.upgrade] == "websocket")
                #expect(answer.headers[.secWebSocketVersion] == "13")
            }
        }
    }

    @Test("a version or a key that is none is refused, and so is HEAD")
    func wrong() async throws {
        try await TestServer.run { server in
            #expect(try await server.send(call(Self.handshake + [("Sec-WebSocket-Version", "8")])).status == 426)
            #expect(try await server.send(call(Self.handshake + [("Sec-WebSocket-Key", "short")])).status == 400)
            var head = try call(Self.handshake)
            head.method = .head
            #expect(await server.send(head).status == 426)
        }
    }

    @Test("an account's streams of both kinds share one limit")
    func limit() async throws {
        var options = TestServer.Options()
        options.streams.connectionsPerAccountMax = 1
        try await TestServer.run(options) { server in
            let alice = try await server.register("alice")
            try await server.listening(as: alice) { _ in
                let answer = try await server.send(call(Self.handshake, as: alice.token))
                #expect(answer.problem == "too-many-streams")
            }
        }
    }

    @Test("the echo is not there unless the server was told to")
    func echo() async throws {
        try await TestServer.run { server in
            let call = try Call(.get, "/test/websocket").with("Upgrade", "websocket")
            #expect(await server.send(call).status == 404)
        }
    }

    private struct Page: Sendable {
        let origin: String
        var authority: String? = "feed.example.com"
        var known: [String] = []
        let isAdmitted: Bool
    }

    private static let pages = [
        Page(origin: "https://feed.example.com", isAdmitted: true),
        Page(origin: "http://FEED.example.com", isAdmitted: true),
        Page(origin: "http://localhost:8080", authority: "localhost:8080", isAdmitted: true),
        Page(origin: "http://localhost:8081", authority: "localhost:8080", isAdmitted: false),
        Page(origin: "https://evil.example.com", isAdmitted: false),
        Page(origin: "https://feed.example.com.evil.com", isAdmitted: false),
        Page(origin: "null", isAdmitted: false), Page(origin: "", isAdmitted: false),
        Page(origin: "null", authority: nil, isAdmitted: false),
        Page(origin: "https://app.example.com", known: ["https://app.example.com"], isAdmitted: true),
        Page(origin: "http://app.example.com", known: ["https://app.example.com"], isAdmitted: false),
        Page(origin: "https://anywhere.example.com", known: ["*"], isAdmitted: true),
    ]

    @Test("pages of other origins open no streams", arguments: pages)
    private func origins(page: Page) throws {
        let origins = try AllowedOrigins(page.known)
        var headers: HTTPFields = [:]
        headers[try #require(HTTPField.Name("Origin"))] = page.origin
        let request = APIRequest(
            method: .get, path: "/v1/stream", headers: headers, authority: page.authority)
        #expect(origins.admits(request) == page.isAdmitted)
        #expect(origins.admits(APIRequest(method: .get, path: "/v1/stream")), "no browser")
    }

    @Test("both kinds of stream look at the origin", arguments: ["/v1/stream", "/v1/stream/ws"])
    func foreign(path: String) async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            var call = try Call(.get, path, as: alice.token).with("Origin", "https://evil.example.com")
            for (name, value) in Self.handshake { call = try call.with(name, value) }
            #expect(await server.send(call).problem == "origin-not-allowed")
        }
    }
}
