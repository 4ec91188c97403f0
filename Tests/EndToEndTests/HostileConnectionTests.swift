import HTTPClient
import Testing
import TestSupport

extension EndToEnd {
    @Suite(.serialized, .timeLimit(.minutes(10))) struct HostileConnectionTests {}
}

extension EndToEnd.HostileConnectionTests {
    private static let health = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    private static let login =
        "POST /v1/users/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    private static let chunked = login + "Transfer-Encoding: chunked\r\n\r\n"

    /// Runs `body` with a server that has to be well afterwards.
    private func server(_ flags: [String] = [], _ body: (RunningServer) async throws -> Void) async throws {
        let data = try TemporaryFolder().file("data")
        try await RunningServer.with(data, ["--rate-limits", "off"] + flags) { server in
            try await body(server)
            #expect(try await server.api.get("/readyz").status == 200)
        }
    }

    /// Sends and receives to the end of the connection.
    private func answers(_ text: String, _ server: RunningServer) async throws -> RawConnection.Received {
        let connection = try RawConnection(port: server.port)
        try await connection.send(text)
        return try await connection.receive()
    }

    @Test("a client of HTTP/1.0 is told that the connection ends, and not to go on with its body")
    func oldClients() async throws {
        let login = "POST /v1/users/login HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
        let cases = [
            ("GET /healthz HTTP/1.0\r\n\r\n", 200), ("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200),
            (login + "Expect: 100-continue\r\n\r\n{}", 422),
            (login + "Connection: keep-alive\r\nExpect: 100-continue\r\n\r\n{}", 422),
        ]
        try await server { server in
            for (request, status) in cases {
                let received = try await answers(request + Self.health, server)
                #expect(received.isClosed && received.responses.map(\.status) == [status], "\(received.text)")
                #expect(received.responses.first?.fields["connection"] == "close", "\(request)")
            }
        }
    }

    @Test("extensions of chunks and fields behind them are passed over")
    func extensions() async throws {
        let bodies = [
            "2;a\r\n{}\r\n0\r\n\r\n", "2;a=b;c=\"d;e\"\r\n{}\r\n0;f\r\n\r\n", "1\r\n{\r\n01\r\n}\r\n000\r\n\r\n",
            "2\r\n{}\r\n0\r\nX-A: b\r\n\r\n",
            "2\r\n{}\r\n0\r\nHost: elsewhere\r\nAuthorization: Bearer x\r\nExpect: 100-continue\r\nUpgrade: h2c\r\n\r\n",
        ]
        try await server { server in
            let connection = try RawConnection(port: server.port)
            for body in bodies {
                try await connection.send(Self.chunked + body + Self.health)
                #expect(try await connection.responses(2).map(\.status) == [422, 200], "\(body)")
            }
        }
    }

    @Test("fields behind chunks have the bounds of those before, and an endless extension the time of a body")
    func endless() async throws {
        let long = String(repeating: "a", count: 20_000)
        let cases = [
            "0\r\nX-A: " + long + "\r\n\r\n",
            "0\r\n" + (0..<200).map { "X-\($0): a\r\n" }.joined() + "\r\n",
            "0\r\n" + (0..<90).map { "X-\($0): \(long.prefix(300))\r\n" }.joined() + "\r\n",
        ]
        try await server(["--request-body-seconds", "1"]) { server in
            for body in cases {
                let received = try await answers(Self.chunked + "2\r\n{}\r\n" + body + Self.health, server)
                #expect(received.isClosed && received.responses.map(\.status) == [400], "\(body.prefix(40))")
            }
            let connection = try RawConnection(port: server.port)
            try await connection.send(Self.chunked + "2;")
            var isOpen = true
            let deadline = ContinuousClock.now + .seconds(10)
            while isOpen, ContinuousClock.now < deadline {
                isOpen = try await connection.send(long.utf8, within: .seconds(1))
                if isOpen { isOpen = try await !connection.receive(within: .milliseconds(50)).isClosed }
            }
            #expect(!isOpen)
        }
    }

    @Test("a target that names a server is answered as the path in it")
    func absolute() async throws {
        let cases: [(String, Int)] = [
            ("http://localhost/healthz", 200), ("HTTP://LOCALHOST:80/healthz", 200), ("https://elsewhere/healthz", 200),
            ("http://localhost/healthz?a=%zz", 400), ("http://localhost", 404), ("http://localhost?a", 404),
            ("http://localhost/v1/feed", 401), ("http://[::1]:80/healthz", 200),
            ("http://localhost//healthz", 404), ("http://localhost/%68ealthz", 404),
        ]
        try await server { server in
            for (target, status) in cases {
                let connection = try RawConnection(port: server.port)
                try await connection.send("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(try await connection.responses(1).map(\.status) == [status], "\(target)")
            }
            let refused = [
                "http://", "http:///healthz", "http://u:p@localhost/healthz", "http:/healthz", "http:healthz",
                "ftp://localhost/healthz", "localhost:80", "localhost/healthz", "healthz", "*", "//healthz",
            ]
            for target in refused {
                let received = try await answers(
                    "GET \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", server)
                #expect(received.isClosed && received.responses.areProblems, "\(target): \(received.text)")
                #expect(received.responses.map { $0.status / 100 } == [4], "\(target): \(received.text)")
            }
        }
    }

    @Test("a client that is refused and goes on sending still learns why")
    func lingering() async throws {
        let more = Array(String(repeating: Self.health, count: 4_000).utf8)
        let unread = [
            Self.chunked + "zz\r\n", Self.chunked + "2\r\n{}\r\n0\r\n" + String(repeating: "X-A: a\r\n", count: 200),
            "GET /healthz HTTP/1.1\r\n\r\n", "no request\r\n\r\n", Self.login + "Content-Length: x\r\n\r\n",
        ]
        try await server { server in
            for request in unread {
                let connection = try RawConnection(port: server.port)
                try await connection.send(Array(request.utf8) + more)
                let received = try await connection.receive()
                #expect(received.isClosed && received.responses.map(\.status) == [400], "\(request): \(received.text)")
            }
        }
    }

    @Test("of thousands of requests sent at once every one is answered, in order, also to a client that has finished")
    func pipelined() async throws {
        try await server { server in
            let count = 3_000
            let paths = ["/nowhere", "/healthz", "/v1/feed"]
            let stream = (0..<count).map { "GET \(paths[$0 % 3]) HTTP/1.1\r\nHost: localhost\r\n\r\n" }.joined()
            for finishes in [false, true] {
                let connection = try RawConnection(port: server.port)
                try await connection.send(stream)
                if finishes { connection.finishSending() }
                let received = try await connection.receive(within: .seconds(20)) {
                    $0.bytes.count > count * 100 && !finishes && $0.responses.count >= count
                }
                let statuses = received.responses.map(\.status)
                #expect(statuses == (0..<count).map { [404, 200, 401][$0 % 3] }, "\(statuses.count)")
                #expect(received.isClosed == finishes)
            }
        }
    }
}
