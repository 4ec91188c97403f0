import HTTPClient
import TestSupport
import Testing

extension EndToEnd {
    @Suite(.serialized) struct StreamTests {}
}

extension EndToEnd.StreamTests {
    private static func request(_ member: Member, _ fields: String = "", method: String = "GET") -> String {
        "\(method) /v1/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(member.token)\r\n\(fields)\r\n"
    }

    private func listening(
        _ member: Member, _ server: RunningServer, _ fields: String = ""
    ) async throws -> (connection: RawConnection, opening: RawConnection.Received) {
        let connection = try RawConnection(port: server.port)
        try await connection.send(Self.request(member, fields))
        return (connection, try await connection.receive { $0.text.contains("\nid: ") || $0.isClosed })
    }

    private func publish(_ text: String, by member: Member, _ server: RunningServer) async throws {
        let answer = try await server.api.with(token: member.token).send("POST", "/v1/posts", ["content": text])
        #expect(answer.status == 201)
    }

    private func town(
        _ flags: [String] = [], _ body: (RunningServer, _ alice: Member, _ bob: Member) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let data = folder.file("data")
        let members = try await Member.created(["alice", "bob"], in: data)
        try await RunningServer.with(data, ["--rate-limits", "off"] + flags) { server in
            let alice = server.api.with(token: members[0].token)
            #expect(try await alice.send("POST", "/v1/users/\(members[1].id)/follow").status == 200)
            try await body(server, members[0], members[1])
        }
    }

    @Test("a post comes down the wire, a client that was cut off resumes, and a server that stops ends its streams")
    func stream() async throws {
        try await town { server, alice, bob in
            let (connection, opening) = try await listening(alice, server)
            #expect(opening.text.contains("HTTP/1.1 200 OK"))
            #expect(opening.text.contains("text/event-stream"))
            try await publish("one", by: bob, server)
            let first = try await connection.receive { $0.text.contains("}\n\n") }.text
            #expect(first.contains("event: post.new"))
            let id = try #require(first.firstMatch(of: /id: ([0-9a-f]+-[0-9]+)\n/)).1
            connection.finishSending()
            #expect(try await connection.receive().isClosed)
            try await publish("two", by: bob, server)
            let (again, _) = try await listening(alice, server, "Last-Event-ID: \(id)\r\n")
            try await publish("three", by: bob, server)
            let rest = try await again.receive { $0.text.ranges(of: "event: post.new").count >= 1 }.text
            #expect(!rest.contains("event: reset"))
        }
    }

    @Test("no deadline of a request cuts a stream, and logging out does")
    func life() async throws {
        let short = ["--request-head-seconds", "1", "--request-body-seconds", "1", "--idle-seconds", "1"]
        try await town(short) { server, alice, bob in
            let (connection, _) = try await listening(alice, server)
            #expect(try await !connection.receive(within: .milliseconds(2_500)).isClosed)
            try await publish("one", by: bob, server)
            #expect(try await connection.receive { $0.text.contains("}\n\n") }.text.contains("event: post.new"))
            #expect(try await server.api.with(token: alice.token).send("POST", "/v1/auth/logout").status == 204)
            #expect(try await connection.receive(within: .seconds(1)).isClosed)
        }
    }

    @Test("HEAD opens none, and a client without a token is told so")
    func head() async throws {
        try await town { server, alice, _ in
            let connection = try RawConnection(port: server.port)
            try await connection.send(Self.request(alice, "Connection: close\r\n", method: "HEAD"))
            let received = try await connection.receive()
            #expect(received.text.hasPrefix("HTTP/1.1 200 OK") && received.isClosed)
            #expect(try await server.api.get("/v1/stream").status == 401)
        }
    }
}
