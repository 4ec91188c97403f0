import TestSupport
import Testing

extension EndToEnd {
    @Suite(.serialized, .timeLimit(.minutes(10))) struct CrossOriginTests {}
}

extension EndToEnd.CrossOriginTests {
    private static let app = "https://app.example.com"
    private static let origin = "Origin: \(app)\r\n"

    private static func preflight(_ path: String, _ method: String, origin: String = app) -> String {
        "OPTIONS \(path) HTTP/1.1\r\nHost: localhost\r\nOrigin: \(origin)\r\n"
            + "Access-Control-Request-Method: \(method)\r\nAccess-Control-Request-Headers: authorization\r\n\r\n"
    }

    /// Runs `body` with a server that has alice's feed in memory.
    private func server(
        _ flags: [String], environment: [String: String] = [:], _ body: (RunningServer, Member) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let alice = try #require(try await Member.created(["alice"], in: folder.file("data")).first)
        try await RunningServer.with(folder.file("data"), FastPath.flags + flags, environment: environment) { server in
            try await RawConnection(port: server.port).warm(FastPath.get("/v1/feed", as: alice.token), server)
            try await body(server, alice)
        }
    }

    @Test("a page asks whether it may, reads its feed on the fast path, and learns what was refused")
    func page() async throws {
        try await server(["--allowed-origins", "HTTPS://App.example.com:443, capacitor://localhost"]) { server, alice in
            let connection = try RawConnection(port: server.port)
            let asked = RawResponse.all(in: try await connection.ask(Self.preflight("/v1/feed", "GET"))).first
            #expect(asked?.status == 204 && asked?.fields["access-control-allow-methods"] == "GET, HEAD")
            #expect(asked?.fields["access-control-allow-headers"]?.hasPrefix("Authorization, Content-Type") == true)
            #expect(asked?.fields["access-control-allow-origin"] == Self.app)

            // On the connection of the preflight, which the front desk still knows its way on.
            let count = try await server.fastAnswers()
            let fast = try await connection.ask(FastPath.get("/v1/feed", as: alice.token, Self.origin))
            #expect(try await server.fastAnswers() == count + 1)
            let ordinary = FastPath.get("/v1/feed", as: alice.token, ordinary: true, Self.origin)
            #expect(FastPath.lasting(fast) == FastPath.lasting(try await connection.ask(ordinary)))
            let requests = [
                FastPath.get("/v1/posts/1", as: alice.token, Self.origin), FastPath.get("/v1/feed", Self.origin),
                FastPath.get("/v1/feed?a=%zz", Self.origin), FastPath.get("/nowhere", Self.origin),
            ]
            var answers = RawResponse.all(in: fast)
            for request in requests { answers += RawResponse.all(in: try await connection.ask(request)) }
            #expect(answers.map(\.status) == [200, 404, 401, 400, 404])
            for answer in answers {
                #expect(answer.fields["access-control-allow-origin"] == Self.app && answer.fields["vary"] == "Origin")
                #expect(answer.fields["access-control-expose-headers"]?.contains("Starling-Position") == true)
            }
            let program = FastPath.lasting(try await connection.ask(FastPath.get("/v1/feed", as: alice.token)))
            #expect(program.first?.contains("rigin") == false)

            // A stream of another page is refused, that of this one begins.
            let evil = FastPath.get("/v1/stream", as: alice.token, "Origin: https://evil.example.com\r\n")
            try await connection.send(evil)
            #expect(try await connection.responses(1).first?.status == 403)
            try await connection.send(FastPath.get("/v1/stream", as: alice.token, Self.origin))
            let stream = try await connection.receive { $0.text.contains("retry: ") }
            let head = RawResponse.head(in: stream.bytes)
            #expect(head?.status == 200 && head?.fields["access-control-allow-origin"] == Self.app)
        }
    }

    @Test("forged origins are told nothing, and break nothing")
    func hostile() async throws {
        let values =
            [
                "", "null", "*", Self.app.uppercased(), "\(Self.app), \(Self.app)", "\(Self.app)/",
                "\(Self.app).evil.com",
            ]
            + ["\(Self.app)\u{0}", "\(Self.app)\u{7F}", "\(Self.app)\u{1B}[2J", "https://\u{430}pp.example.com"]
            + [String(repeating: "a", count: 3_000), String(repeating: Self.app, count: 400)]
        try await server([], environment: ["STARLING_ALLOWED_ORIGINS": Self.app]) { server, alice in
            for value in values {
                let field = "Origin: \(value)\r\n"
                let twice = FastPath.get("/v1/feed", as: alice.token, field + Self.origin)
                let forged = FastPath.get("/v1/feed", as: alice.token, field)
                for request in [forged, twice, Self.preflight("/v1/feed", "GET", origin: value)] {
                    let connection = try RawConnection(port: server.port)
                    let answer = try await connection.ask(request)
                    let head = try #require(RawResponse.all(in: answer).first, "\(value)")
                    #expect([200, 400, 403, 431].contains(head.status), "\(value)")
                    #expect(head.fields.keys.allSatisfy { !$0.hasPrefix("access-control") }, "\(value)")
                }
            }
        }
    }

    @Test("HTTP/2 says the same, also of what is compressed")
    func secure() async throws {
        try await EndToEnd.SecureServingTests.server(["--allowed-origins", "*"]) { server, certificate in
            let curl = Curl(server, certificate, version: "--http2")
            let page = ["-H", "Origin: \(Self.app)"]
            let method = ["-X", "OPTIONS", "-H", "Access-Control-Request-Method: PATCH"]
            let asked = try await curl.get("/v1/me", page + method)
            #expect(asked.version == "2" && asked.status == 204)
            #expect(asked.fields["access-control-allow-methods"] == "DELETE, GET, HEAD, PATCH")
            let document = try await curl.get("/openapi.json", page + ["--compressed"])
            #expect(document.fields["vary"] == "Origin, Accept-Encoding" && document.json["openapi"].string == "3.1.0")
            let refused = try await curl.get("/v1/feed", page)
            #expect(refused.status == 401 && refused.fields["vary"] == "Origin")
            for answer in [asked, document, refused] { #expect(answer.fields["access-control-allow-origin"] == "*") }
            #expect(try await curl.get("/openapi.json").fields["vary"] == "Origin, Accept-Encoding")
        }
    }

    @Test("without the setting, who sends an origin gets the same bytes as who does not")
    func switchedOff() async throws {
        try await server([]) { server, alice in
            let connection = try RawConnection(port: server.port)
            let asked = [("/v1/feed", false), ("/v1/feed", true), ("/v1/posts/1", false), ("/nowhere", false)]
            for (path, ordinary) in asked {
                let plain = try await connection.ask(FastPath.get(path, as: alice.token, ordinary: ordinary))
                let page = try await connection.ask(
                    FastPath.get(path, as: alice.token, ordinary: ordinary, Self.origin))
                #expect(FastPath.lasting(plain) == FastPath.lasting(page) && !plain.isEmpty)
            }
            #expect(try await connection.status(Self.preflight("/v1/feed", "GET")) == 405)
        }
    }
}
