import HTTPClient
import NIOWebSocket
import TestSupport
import TestWebSocket
import Testing

extension EndToEnd {
    @Suite(.serialized, .timeLimit(.minutes(10))) struct WebSocketTests {}
}

extension EndToEnd.WebSocketTests {
    private func town(
        _ flags: [String] = [], _ body: (RunningServer, _ alice: Member, _ bob: Member) async throws -> Void
    ) async throws {
        let data = try TemporaryFolder().file("data")
        let members = try await Member.created(["alice", "bob"], in: data)
        try await RunningServer.with(data, ["--rate-limits", "off"] + flags) { server in
            let alice = server.api.with(token: members[0].token)
            #expect(try await alice.send("POST", "/v1/users/\(members[1].id)/follow").status == 200)
            try await body(server, members[0], members[1])
        }
    }

    private func publish(_ text: String, by member: Member, _ server: RunningServer) async throws -> String {
        let answer = try await server.api.with(token: member.token).send("POST", "/v1/posts", ["content": text])
        #expect(answer.status == 201)
        return try #require(answer.json["post_id"].string)
    }

    private func listening(
        _ member: Member, _ server: RunningServer, resume: String? = nil
    ) async throws -> WebSocketClient {
        let target = "/v1/stream/ws" + (resume.map { "?resume=\($0)" } ?? "")
        let client = try await WebSocketClient.open(
            port: server.port, target, headers: [("Authorization", "Bearer \(member.token)")])
        #expect(id(of: await client.next()) != nil, "no open")
        return client
    }

    /// The id of an event.
    private func id(of heard: WebSocketClient.Heard) -> String? {
        guard case .text(let text) = heard else { return nil }
        return text.firstMatch(of: /^{"id":"([0-9a-f]+-[0-9]+)","event":"/).map { String($0.1) }
    }

    private func expect(
        _ event: String, _ post: String, _ heard: WebSocketClient.Heard,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        guard case .text(let text) = heard else {
            Issue.record("\(heard)", sourceLocation: sourceLocation)
            return
        }
        #expect(
            text.hasSuffix(#""event":"\#(event)","data":{"post_id":"\#(post)"}}"#), "\(text)",
            sourceLocation: sourceLocation)
    }

    @Test("events come as messages, a client that was cut off resumes, and a server that stops says so")
    func stream() async throws {
        var last: WebSocketClient?
        try await town { server, alice, bob in
            let client = try await listening(alice, server)
            expect("post.new", try await publish("one", by: bob, server), await client.nextEvent())
            let opened = try await listening(alice, server)
            await opened.leave()
            let second = try await publish("two", by: bob, server)
            let heard = await client.nextEvent()
            expect("post.new", second, heard)
            let third = try await publish("three", by: bob, server)
            let again = try await listening(alice, server, resume: try #require(id(of: heard)))
            expect("post.new", third, await again.nextEvent())
            last = again
        }
        #expect(await last?.nextEvent() == .close(1001, "server is stopping"))
    }

    @Test("a browser says its token, and what it knows already, in its first message")
    func firstMessage() async throws {
        try await town { server, alice, bob in
            let headers = [("Origin", "http://localhost")]
            let client = try await WebSocketClient.open(port: server.port, headers: headers)
            try await client.say(#"{"token":"\#(alice.token)"}"#)
            let known = try #require(id(of: await client.next()))
            let first = try await publish("one", by: bob, server)
            expect("post.new", first, await client.nextEvent())
            let again = try await WebSocketClient.open(port: server.port, headers: headers)
            try await again.say(#"{"token":"\#(alice.token)","resume":"\#(known)"}"#)
            #expect(id(of: await again.next()) == known)
            expect("post.new", first, await again.nextEvent())
            try await again.say("more")
            #expect(await again.nextEvent() == .close(1008, "nothing more is expected"))
            #expect(await again.next() == .end)
        }
    }

    @Test(
        "a first message that is none ends the connection with the code for it",
        arguments: [
            (#"{"token":"wrong"}"#, 3000), (#"{"token":7}"#, 1008), (#"{"token":"wrong","resumes":"1"}"#, 1008),
            ("hello", 1008), ("", 1008),
            (String(repeating: "x", count: 10_000), 1009),
        ])
    func wrongFirstMessage(text: String, code: Int) async throws {
        try await town { server, _, _ in
            let client = try await WebSocketClient.open(port: server.port)
            try await client.say(text)
            guard case .close(code, _) = await client.next() else {
                Issue.record("no close with \(code)")
                return
            }
            #expect(await client.next() == .end)
        }
    }

    @Test("logging out ends it within a second, and no deadline of a request does")
    func life() async throws {
        let short = ["--request-head-seconds", "1", "--request-body-seconds", "1", "--idle-seconds", "1"]
        try await town(short) { server, alice, bob in
            let client = try await listening(alice, server)
            try await Task.sleep(for: .milliseconds(2_500))
            expect("post.new", try await publish("one", by: bob, server), await client.nextEvent())
            let start = ContinuousClock.now
            #expect(try await server.api.with(token: alice.token).send("POST", "/v1/auth/logout").status == 204)
            #expect(await client.nextEvent() == .close(3000, "the token is not good any more"))
            #expect(start.duration(to: .now) < .seconds(1))
            #expect(await client.next() == .end)
        }
    }

    @Test("pings are answered, what breaks the protocol is told, and a close is echoed")
    func protocolKept() async throws {
        try await town { server, alice, _ in
            let client = try await listening(alice, server)
            try await client.send(.ping, Array("are you there".utf8))
            #expect(await client.nextEvent() == .pong)
            try await client.close(1000)
            #expect(await client.nextEvent() == .close(1000, ""))
            #expect(await client.next() == .end)
            let other = try await listening(alice, server)
            try await other.send(.continuation, [1])
            guard case .close(1002, _) = await other.nextEvent() else {
                Issue.record("a continuation of nothing is accepted")
                return
            }
        }
    }

    @Test("who sends and does not read is cut off")
    func slowReader() async throws {
        try await town { server, _, _ in
            let connection = try RawConnection(port: server.port)
            try await connection.send(
                "GET /v1/stream/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
            let answer = try await connection.receive { $0.text.contains("\r\n\r\n") }
            #expect(answer.text.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
            // Masked with zeros.
            let ping: [UInt8] = [0x89, 0x80 | 125, 0, 0, 0, 0] + [UInt8](repeating: 7, count: 125)
            let pings = Array(repeatElement(ping, count: 500).joined())
            var isOpen = true
            for _ in 0..<2_000 where isOpen { isOpen = try await connection.send(pings) }
            #expect(!isOpen, "130 MB of pongs wait for a client that does not read")
        }
    }

    @Test("the echo says back what it hears, in parts or not, and a connection that became none of these stays HTTP")
    func echo() async throws {
        try await town(["--websocket-echo", "on"]) { server, _, _ in
            let client = try await WebSocketClient.open(port: server.port, "/test/websocket")
            try await client.say("hello")
            #expect(await client.next() == .text("hello"))
            try await client.send(.text, Array("in ".utf8), fin: false)
            try await client.send(.ping)
            try await client.send(.continuation, Array("parts".utf8))
            #expect(await client.next() == .pong)
            #expect(await client.next() == .text("in parts"))
            try await client.send(.binary, [UInt8](repeating: 1, count: 100_000))
            #expect(await client.next() == .binary([UInt8](repeating: 1, count: 100_000)))
            try await client.send(.text, [0xC3, 0x28])
            #expect(await client.next() == .close(1007, "text is not UTF-8"))
        }
    }

    @Test("an upgrade to something else is answered as the request it is", arguments: ["h2c", "websocket", "foo, bar"])
    func declined(upgrade: String) async throws {
        try await town { server, _, _ in
            for target in ["/healthz", "/v1/stream/ws"] {
                let connection = try RawConnection(port: server.port)
                try await connection.send(
                    "GET \(target) HTTP/1.1\r\nHost: localhost\r\nUpgrade: \(upgrade)\r\nConnection: Upgrade\r\n\r\n")
                let received = try await connection.receive()
                let status = target == "/healthz" ? "200" : "426"
                #expect(received.text.hasPrefix("HTTP/1.1 \(status) "), "\(received.text)")
                #expect(received.isClosed)
            }
        }
    }

    @Test("a foreign origin and a bad token get no connection")
    func refused() async throws {
        try await town { server, _, _ in
            let cases = [(("Origin", "https://evil.example.com"), 403), (("Authorization", "Bearer no"), 401)]
            for (header, status) in cases {
                await #expect(throws: WebSocketClient.Refused(status: status)) {
                    _ = try await WebSocketClient.open(port: server.port, headers: [header])
                }
            }
        }
    }
}
