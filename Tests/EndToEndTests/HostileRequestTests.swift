import HTTPClient
import Testing
import TestSupport

extension EndToEnd {
    @Suite(.serialized) struct HostileRequestTests {}
}

extension EndToEnd.HostileRequestTests {
    private static let health = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    private static let login =
        "POST /v1/users/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"

    /// Runs `body` with a server that has to be well afterwards.
    private func server(_ flags: [String] = [], _ body: (RunningServer) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        try await RunningServer.with(folder.file("data"), ["--rate-limits", "off"] + flags) { server in
            try await body(server)
            #expect(try await server.api.get("/readyz").status == 200)
            #expect(server.process.isRunning)
        }
    }

    /// Sends and receives to the end of the connection.
    private func answers(_ bytes: [UInt8], _ server: RunningServer) async throws -> RawConnection.Received {
        let connection = try RawConnection(port: server.port)
        try await connection.send(bytes)
        return try await connection.receive()
    }

    @Test("what is not one request to every reader gets one problem with 400, and the connection ends")
    func malformed() async throws {
        try await server { server in
            for request in HostileRequests.malformed {
                let received = try await answers(request.bytes, server)
                let responses = received.responses
                #expect(received.isClosed, "\(request.name)")
                #expect(responses.map(\.status) == [400], "\(request.name): \(received.text)")
                #expect(responses.areProblems, "\(request.name): \(received.text)")
                #expect(responses.last?.fields["connection"] == "close", "\(request.name)")
            }
        }
    }

    @Test("no request is taken from behind one that was refused")
    func nothingSmuggled() async throws {
        try await server { server in
            for request in HostileRequests.malformed {
                let received = try await answers(request.bytes + Array(Self.health.utf8), server)
                #expect(received.responses.map(\.status) == [400], "\(request.name): \(received.text)")
            }
            let mixed = try await answers(Array((Self.health + "no request\r\n\r\n" + Self.health).utf8), server)
            #expect(mixed.isClosed && mixed.responses.map(\.status) == [200, 400])
            #expect(mixed.responses.last?.isProblem == true)
        }
    }

    @Test("what exceeds a bound is refused with the status for it")
    func bounds() async throws {
        let chunk = "10000\r\n" + String(repeating: "a", count: 65_536) + "\r\n"
        let cases: [(String, String, Int)] = [
            ("a field", Self.head("X-A: " + String(repeating: "a", count: 20_000)), 431),
            (
                "all fields",
                Self.head((0..<90).map { "X-\($0): " + String(repeating: "a", count: 300) }.joined(separator: "\r\n")),
                431
            ),
            ("the number of fields", Self.head((0..<200).map { "X-\($0): a" }.joined(separator: "\r\n")), 431),
            (
                "the target", "GET /" + String(repeating: "a", count: 9_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
                414
            ),
            (
                "the query",
                "GET /v1/feed?cursor=" + String(repeating: "a", count: 9_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
                414
            ),
            ("the body's length", Self.login + "Content-Length: 300000\r\n\r\n", 413),
            ("the body", Self.login + "Content-Length: 300000\r\n\r\n" + String(repeating: "a", count: 300_000), 413),
            ("the chunks", Self.login + "Transfer-Encoding: chunked\r\n\r\n" + String(repeating: chunk, count: 5), 413),
            (
                "a body that waits to be asked for",
                Self.login + "Content-Length: 300000\r\nExpect: 100-continue\r\n\r\n", 413
            ),
        ]
        try await server { server in
            for (name, request, status) in cases {
                let received = try await answers(Array(request.utf8), server)
                #expect(received.responses.map(\.status) == [status], "\(name): \(received.text.prefix(300))")
                #expect(received.isClosed && received.responses.areProblems, "\(name)")
            }
            // Far beyond any bound the server need not listen to the end.
            let endless = Array(("GET /" + String(repeating: "a", count: 20_000_000)).utf8)
            let refused = try await answers(endless, server).responses.first?.status
            #expect([nil, 414, 431].contains(refused))
        }
    }

    private static func head(_ fields: String) -> String {
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n\r\n"
    }

    @Test("of 400 mutilated requests each is answered well or refused with a problem, and the connection ends")
    func mutilated() async throws {
        try await server(["--request-body-seconds", "2"]) { server in
            var numbers = SeededGenerator(seed: 20_260_101)
            for round in 0..<400 {
                let bytes = HostileRequests.mutated(&numbers)
                let connection = try RawConnection(port: server.port)
                try await connection.send(bytes)
                connection.finishSending()
                let received = try await connection.receive()
                #expect(received.isClosed, "round \(round): \(String(decoding: bytes, as: UTF8.self))")
                for response in received.responses {
                    #expect(response.status < 500 && (response.status < 400 || response.isProblem), "round \(round)")
                }
            }
        }
    }

    @Test("every error is a problem document")
    func problems() async throws {
        let cases: [(String, Int)] = [
            ("GET /nowhere HTTP/1.1\r\n", 404), ("GET /v1/feed HTTP/1.1\r\n", 401),
            ("DELETE /healthz HTTP/1.1\r\n", 405), ("GET /v1/users/%zz HTTP/1.1\r\n", 404),
            ("GET /v1/users/1?a=%zz HTTP/1.1\r\n", 400), ("OPTIONS * HTTP/1.1\r\n", 400),
            ("GET /metrics HTTP/1.1\r\n", 404), ("POST /v1/users/login HTTP/1.1\r\nContent-Length: 0\r\n", 400),
            ("GET /v1/feed HTTP/1.1\r\nAuthorization: Basic eDp5\r\n", 401),
            ("GET /v1/me HTTP/1.1\r\nAuthorization: Bearer nonsense\r\n", 401),
        ]
        try await server { server in
            let connection = try RawConnection(port: server.port)
            for (head, status) in cases where !head.hasPrefix("OPTIONS") {
                try await connection.send(head + "Host: localhost\r\n\r\n")
                let response = try await connection.responses(1).first
                #expect(response?.status == status && response?.isProblem == true, "\(head): \(response?.text ?? "")")
            }
            for (head, status) in cases {
                let responses = try await answers(
                    Array((head + "Host: localhost\r\nConnection: close\r\n\r\n").utf8), server
                )
                .responses
                #expect(responses.map(\.status) == [status] && responses.areProblems, "\(head)")
            }
            for (type, body, status) in [
                ("application/json", "{\"username\":", 400), ("application/json", "{}", 422), ("text/plain", "{}", 415),
                ("application/json", String(repeating: "[", count: 50), 400),
            ] {
                var request = HTTPClientRequest(method: "POST", path: "/v1/users/login", body: Array(body.utf8))
                request.headers.append(("Content-Type", type))
                let answer = try await server.api.http.send(request)
                #expect(answer.status == status && answer.header("Content-Type") == "application/problem+json")
            }
        }
    }
}
