import HTTPClient
import Testing
import TestSupport

// Which connections are kept, and for how long.
extension EndToEnd.FastPathConnectionTests {
    @Test("a connection with only fast requests lives while they come, and no longer than it may idle")
    func idle() async throws {
        for flags in [["--idle-seconds", "2", "--request-head-seconds", "1"], ["--idle-seconds", "2"]] {
            try await server(flags) { server, _, fast in
                let connection = try RawConnection(port: server.port)
                for _ in 0..<4 {
                    #expect(try await connection.status(fast) == 200, "\(flags)")
                    try await Task.sleep(for: .milliseconds(700))
                }
                #expect(try await connection.status(fast) == 200)
                let start = ContinuousClock.now
                #expect(try await connection.receive(within: .seconds(8)).isClosed)
                #expect((Duration.seconds(1.8)...Duration.seconds(4)).contains(start.duration(to: .now)), "\(flags)")
            }
        }
    }

    @Test("a head that does not end is dropped behind a fast request, too")
    func slowHead() async throws {
        try await server(["--idle-seconds", "2"]) { server, _, fast in
            let connection = try RawConnection(port: server.port)
            #expect(try await connection.status(fast) == 200)
            let start = ContinuousClock.now
            var isClosed = false
            try await connection.send("GET / HTTP/1.1\r\nX-A: ")
            while !isClosed, start.duration(to: .now) < .seconds(8) {
                try await connection.send("a")
                isClosed = try await connection.receive(within: .milliseconds(100)).isClosed
            }
            #expect((Duration.seconds(1.8)...Duration.seconds(4)).contains(start.duration(to: .now)))
        }
    }

    @Test("a client that has finished sending gets all its answers, however slowly it takes them")
    func halfClosed() async throws {
        try await server { server, alice, fast in
            let api = server.api.with(token: alice.token)
            for _ in 0..<100 {
                let post = ["content": String(repeating: "\u{1F426}", count: 5_000)]
                #expect(try await api.send("POST", "/v1/posts", post).status == 201)
            }
            let page = FastPath.get("/v1/feed?limit=100", as: alice.token)
            let first = try RawConnection(port: server.port)
            try await first.warm(page, server)
            let whole = FastPath.lasting(try await first.ask(page))
            #expect(whole.first?.utf8.count ?? 0 > 2_000_000)
            // With one of these counts, the last answer is the first that does not fit between here and the server.
            for count in 1...5 {
                let pieces = Array(repeating: page, count: count)
                try await Self.expectAnswers(to: pieces, like: whole, count: count, server)
            }
            let ordinary = FastPath.get("/v1/feed?limit=100", as: alice.token, ordinary: true)
            for count in [2, 3, 3, 3] {
                let stream = String(repeating: ordinary, count: count)
                try await Self.expectAnswers(to: [stream], like: whole, count: count, server)
            }
            let small = try RawConnection(port: server.port)
            try await small.send(fast + fast)
            small.finishSending()
            let received = try await small.receive()
            #expect(received.isClosed && received.responses.map(\.status) == [200, 200])
        }
    }

    /// Sends all pieces before it receives anything.
    private static func expectAnswers(
        to pieces: [String], like whole: [String], count: Int, _ server: RunningServer
    ) async throws {
        let connection = try RawConnection(port: server.port)
        for piece in pieces {
            try await connection.send(piece)
            try await Task.sleep(for: .milliseconds(20))
        }
        connection.finishSending()
        try await Task.sleep(for: .milliseconds(200))
        let received = try await connection.receive(within: .seconds(20))
        #expect(received.isClosed)
        #expect(FastPath.lasting(received.bytes) == Array(repeating: whole.first, count: count))
    }

    @Test("of a client that asks for much and takes it late, every answer comes, in order")
    func backpressure() async throws {
        try await server { server, alice, fast in
            let feed = FastPath.get("/v1/feed", as: alice.token)
            try await RawConnection(port: server.port).warm(feed, server)
            let rounds = 2_000
            let first = try RawConnection(port: server.port)
            let roundBytes = try await first.ask(fast).count + first.ask(feed).count
            let connection = try RawConnection(port: server.port)
            let stream = Array(String(repeating: fast + feed, count: rounds).utf8)
            async let sent = connection.send(stream, within: .seconds(20))
            try await Task.sleep(for: .milliseconds(300))
            let received = try await connection.receive(within: .seconds(60)) {
                $0.bytes.count >= rounds * roundBytes
            }
            #expect(try await sent)
            let answers = received.responses
            #expect(answers.count == 2 * rounds)
            for (index, answer) in answers.enumerated() {
                #expect(answer.status == 200 && answer.text.hasPrefix(index % 2 == 0 ? "{\"user_id\"" : "{\"posts\""))
            }
        }
    }
}
