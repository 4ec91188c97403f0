import Testing
import TestSupport

extension EndToEnd {
    @Suite(.serialized) struct ConnectionTests {}
}

extension EndToEnd.ConnectionTests {
    private static func get(_ path: String, _ fields: String = "", method: String = "GET") -> String {
        "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n"
    }

    private func server(_ flags: [String] = [], _ body: (RunningServer) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        try await RunningServer.with(folder.file("data"), ["--rate-limits", "off"] + flags, body)
    }

    // MARK: Keeping and closing

    @Test("requests sent at once are answered in order, on a connection that stays")
    func pipelined() async throws {
        try await server { server in
            let connection = try RawConnection(port: server.port)
            let paths = ["/healthz", "/nowhere", "/openapi.json", "/readyz"]
            for _ in 0..<3 {
                try await connection.send((0..<20).map { Self.get(paths[$0 % 4]) }.joined())
                let answers = try await connection.responses(20)
                #expect(answers.map(\.status) == (0..<20).map { $0 % 4 == 1 ? 404 : 200 })
                for (index, answer) in answers.enumerated() where index % 4 != 1 {
                    #expect(
                        [#"{"status":"ok"}"#, "", "{\"openapi\"", #"{"status":"ready"}"#][index % 4]
                            .elementsEqual(answer.text.prefix([15, 0, 10, 18][index % 4])))
                }
            }
        }
    }

    @Test("HEAD is answered as GET is, but without the body")
    func head() async throws {
        try await server { server in
            for (path, status) in [("/healthz", 200), ("/nowhere", 404)] {
                let connection = try RawConnection(port: server.port)
                try await connection.send(Self.get(path) + Self.get(path, "Connection: close\r\n", method: "HEAD"))
                let received = try await connection.receive()
                let full = try #require(received.responses.first)
                let head = try #require(
                    RawResponse.head(in: Array(received.text.utf8.dropFirst(Self.length(full, received)))))
                #expect(head.status == status && full.status == status)
                #expect(head.fields["content-length"] == full.fields["content-length"])
                #expect(head.fields["content-type"] == full.fields["content-type"])
                #expect(received.text.hasSuffix("\r\n\r\n"))
            }
        }
    }

    /// How many bytes the first response takes.
    private static func length(_ response: RawResponse, _ received: RawConnection.Received) -> Int {
        let head = received.bytes.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound ?? 0
        return head + response.body.count
    }

    @Test("a client that asks for the connection to end gets that, as does one of HTTP/1.0")
    func closing() async throws {
        let requests = [
            Self.get("/healthz", "Connection: close\r\n"), Self.get("/healthz", "Connection: Close\r\n"),
            Self.get("/healthz", "Connection: x, close\r\n"), "GET /healthz HTTP/1.0\r\n\r\n",
            Self.get("/healthz", "Connection: Upgrade\r\nUpgrade: h2c\r\n"),
            Self.get("/healthz", "Connection: Upgrade\r\nUpgrade: websocket\r\n"),
        ]
        try await server { server in
            for request in requests {
                let connection = try RawConnection(port: server.port)
                try await connection.send(request)
                let received = try await connection.receive()
                #expect(received.isClosed && received.responses.map(\.status) == [200], "\(request)")
                #expect(received.responses.first?.fields["connection"] == "close", "\(request)")
            }
        }
    }

    @Test("a client that has finished sending still gets its answers")
    func halfClosed() async throws {
        try await server { server in
            let connection = try RawConnection(port: server.port)
            try await connection.send(Self.get("/healthz") + Self.get("/readyz"))
            connection.finishSending()
            let received = try await connection.receive()
            #expect(received.isClosed && received.responses.map(\.status) == [200, 200])
        }
    }

    @Test("a client that waits to be asked for the body is asked for it")
    func expectContinue() async throws {
        try await server { server in
            let connection = try RawConnection(port: server.port)
            try await connection.send(
                "POST /v1/users/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            #expect(try await connection.responses(1).first?.status == 100)
            try await connection.send("{}")
            #expect(try await connection.responses(1).first?.status == 422)
        }
    }

    // MARK: Slow clients

    @Test("clients that are slow with the head or the body, or say nothing, are dropped at their deadlines")
    func slow() async throws {
        let head = "POST /v1/users/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
        try await server(["--request-head-seconds", "1", "--request-body-seconds", "2", "--idle-seconds", "3"]) {
            server in
            // What is sent at once, and the seconds after which it must be over however much trickles in.
            let clients = [("", 1), (head, 1), (head + "\r\n", 2), (Self.get("/healthz"), 3)]
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for (start, seconds) in clients {
                    tasks.addTask {
                        let time = try await Self.trickle(start, to: server, endsLine: start == head)
                        #expect(
                            (Duration.seconds(seconds) * 0.9 ... .seconds(seconds) * 1.9).contains(time), "\(start)")
                    }
                }
                for _ in 0..<20 {
                    #expect(try await server.api.get("/healthz").json["status"].string == "ok")
                    try await Task.sleep(for: .milliseconds(100))
                }
                try await tasks.waitForAll()
            }
        }
    }

    /// Sends a byte now and then.
    /// - Returns: how long the connection lasted.
    private static func trickle(_ start: String, to server: RunningServer, endsLine: Bool) async throws -> Duration {
        let connection = try RawConnection(port: server.port)
        let began = ContinuousClock.now
        try await connection.send(start)
        let isIdle = start.isEmpty || start.hasPrefix("GET")
        while began.duration(to: .now) < .seconds(10) {
            if !isIdle { try await connection.send(endsLine ? "X" : " ") }
            if try await connection.receive(within: .milliseconds(100)).isClosed { break }
        }
        return began.duration(to: .now)
    }

    @Test("a client that asks for much and takes nothing is dropped")
    func takesNothing() async throws {
        try await server(["--request-body-seconds", "1", "--idle-seconds", "2"]) { server in
            let connection = try RawConnection(port: server.port)
            let wanted = 1_000
            try await connection.send(
                String(repeating: Self.get("/openapi.json"), count: wanted).utf8, within: .seconds(1))
            try await Task.sleep(for: .seconds(4))
            let received = try await connection.receive()
            #expect(received.isClosed && received.responses.count < wanted)
            #expect(try await server.api.get("/healthz").json["status"].string == "ok")
        }
    }

    @Test("beyond the bound on connections a client waits for its turn")
    func connectionsMax() async throws {
        try await server(["--connections-max", "3"]) { server in
            var connections = try (0..<3).map { _ in try RawConnection(port: server.port) }
            for connection in connections {
                try await connection.send(Self.get("/healthz"))
                #expect(try await connection.responses(1).first?.status == 200)
            }
            let fourth = try RawConnection(port: server.port)
            try await fourth.send(Self.get("/healthz"))
            #expect(try await fourth.receive(within: .milliseconds(300)).bytes.isEmpty)
            connections.removeAll()
            #expect(try await fourth.responses(1).first?.status == 200)
        }
    }
}
