import HTTPClient
import Testing
import TestSupport

extension EndToEnd {
    @Suite(.serialized, .timeLimit(.minutes(10))) struct HostileStreamTests {}
}

extension EndToEnd.HostileStreamTests {
    private static let health = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    private static let handshake =
        "GET /v1/stream/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

    private static func stream(
        _ member: Member?, _ fields: String = "", method: String = "GET", version: String = "1.1"
    ) -> String {
        let token = member.map { "Authorization: Bearer \($0.token)\r\n" } ?? ""
        return "\(method) /v1/stream HTTP/\(version)\r\nHost: localhost\r\n\(token)\(fields)\r\n"
    }

    /// Runs `body` with a server that has to be well afterwards.
    private func town(_ body: (RunningServer, Member) async throws -> Void) async throws {
        let data = try TemporaryFolder().file("data")
        let alice = try #require(try await Member.created(["alice"], in: data).first)
        try await RunningServer.with(data, ["--rate-limits", "off"]) { server in
            try await body(server, alice)
            #expect(try await server.api.get("/readyz").status == 200)
        }
    }

    private func publish(_ text: String, by member: Member, _ server: RunningServer) async throws {
        let answer = try await server.api.with(token: member.token).send("POST", "/v1/posts", ["content": text])
        #expect(answer.status == 201)
    }

    /// Sends a request, and receives until its stream has opened.
    private func opened(_ request: String, _ server: RunningServer) async throws -> (RawConnection, String) {
        let connection = try RawConnection(port: server.port)
        try await connection.send(request)
        return (connection, try await connection.receive { $0.text.contains("\nid: ") || $0.isClosed }.text)
    }

    /// Whether a stream lives, and ends with its client.
    private func expectStream(
        on connection: RawConnection, of member: Member, _ server: RunningServer, _ what: String
    ) async throws {
        try await publish(what, by: member, server)
        let event = try await connection.receive { $0.text.contains("}\n\n") }
        #expect(event.text.contains("event: post.new") && !event.text.contains("HTTP/1"), "\(what): \(event.text)")
        connection.finishSending()
        #expect(try await connection.receive().isClosed, "\(what)")
    }

    @Test("a client of HTTP/1.0 gets its stream without chunks")
    func oldClient() async throws {
        try await town { server, alice in
            let (connection, opening) = try await opened(Self.stream(alice, version: "1.0"), server)
            #expect(opening.hasPrefix("HTTP/1.0 200 OK\r\n"), "\(opening)")
            #expect(!opening.lowercased().contains("transfer-encoding"), "\(opening)")
            #expect(opening.contains("\r\n\r\nretry: "), "\(opening)")
            try await publish("one", by: alice, server)
            let event = try await connection.receive { $0.text.contains("}\n\n") }.text
            #expect(event.hasPrefix("id: ") && event.hasSuffix("}\n\n"), "\(event)")
            #expect(try await server.api.with(token: alice.token).send("POST", "/v1/auth/logout").status == 204)
            let end = try await connection.receive()
            #expect(end.isClosed && end.bytes.isEmpty, "\(end.text)")
        }
    }

    @Test("what comes behind a request for a stream is not answered, and does not disturb it")
    func behind() async throws {
        try await town { server, alice in
            for next in [Self.health, Self.stream(alice), Self.handshake + "\r\n", "no request\r\n\r\n"] {
                let (connection, opening) = try await opened(Self.stream(alice) + next, server)
                #expect(opening.ranges(of: "HTTP/1").count == 1, "\(next): \(opening)")
                #expect(opening.lowercased().contains("connection: close"))
                try await expectStream(on: connection, of: alice, server, next)
            }
        }
    }

    @Test("what comes before a request for a stream is answered first, and a refused one costs no connection")
    func before() async throws {
        try await town { server, alice in
            let requests = [Self.health, Self.stream(nil), Self.stream(alice, method: "HEAD"), Self.stream(alice)]
            let (connection, opening) = try await opened(requests.joined(), server)
            let statuses = opening.matches(of: #/HTTP/1\.1 ([0-9]+)/#).map { String($0.1) }
            #expect(statuses == ["200", "401", "200", "200"], "\(opening)")
            try await expectStream(on: connection, of: alice, server, "behind others")
        }
    }

    @Test("a body of a request for a stream is passed over, whatever it looks like")
    func body() async throws {
        let chunk = String(Self.health.utf8.count, radix: 16) + "\r\n" + Self.health + "\r\n0\r\n\r\n"
        let framings = [
            ("Content-Length: \(Self.health.utf8.count)\r\n", Self.health),
            ("Transfer-Encoding: chunked\r\n", chunk),
        ]
        try await town { server, alice in
            for (fields, body) in framings {
                let (connection, opening) = try await opened(Self.stream(alice, fields) + body, server)
                #expect(opening.ranges(of: "HTTP/1").count == 1, "\(fields): \(opening)")
                try await expectStream(on: connection, of: alice, server, fields)

                // Masked with zeros, a ping without a payload.
                let ping: [UInt8] = [0x89, 0x80, 0, 0, 0, 0]
                let socket = try RawConnection(port: server.port)
                try await socket.send(Self.handshake + fields + "\r\n" + body)
                let answer = try await socket.receive { $0.text.hasSuffix("\r\n\r\n") }
                #expect(answer.text.hasPrefix("HTTP/1.1 101 ") && answer.text.ranges(of: "HTTP/1").count == 1)
                try await socket.send(ping)
                let pong = try await socket.receive { $0.bytes.count >= 2 }
                #expect(pong.bytes == [0x8A, 0], "\(fields): \(pong.bytes)")
            }
        }
    }

    @Test("what comes behind a handshake is not answered as HTTP")
    func behindHandshake() async throws {
        try await town { server, _ in
            let connection = try RawConnection(port: server.port)
            try await connection.send(Self.handshake + "\r\n" + Self.health)
            let answer = try await connection.receive { $0.text.hasSuffix("\r\n\r\n") }
            #expect(answer.text.hasPrefix("HTTP/1.1 101 "))
            try await connection.send([0x89, 0x80, 0, 0, 0, 0] as [UInt8])
            #expect(try await connection.receive { $0.bytes.count >= 2 }.bytes == [0x8A, 0])
        }
    }

    @Test("a handshake that is none is refused, and the connection ends")
    func noHandshake() async throws {
        let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        let cases = [
            (Self.handshake.replacing("HTTP/1.1", with: "HTTP/1.0"), 426),
            (Self.handshake.replacing("Version: 13", with: "Version: 8"), 426),
            (Self.handshake + "Sec-WebSocket-Version: 13\r\n", 426), (Self.handshake + key, 400),
            (Self.handshake.replacing(key, with: ""), 400), (Self.handshake.replacing("GET", with: "POST"), 405),
            (Self.handshake.replacing("Connection: Upgrade", with: "Connection: close"), 426),
        ]
        try await town { server, _ in
            for (head, status) in cases {
                let connection = try RawConnection(port: server.port)
                try await connection.send(head + "\r\n" + Self.health)
                let received = try await connection.receive()
                #expect(received.isClosed && received.responses.map(\.status) == [status], "\(head): \(received.text)")
            }
        }
    }
}
