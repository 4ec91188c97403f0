import HTTPClient
import Testing
import TestSupport

extension EndToEnd {
    @Suite(.serialized) struct FastPathTests {}
}

extension EndToEnd.FastPathTests {
    /// bob follows alice, who has published.
    private struct Community {
        let alice: Member
        let bob: Member
        var post = ""
        var reads: [(path: String, token: String?)] = []

        init(_ folder: TemporaryFolder) async throws {
            let members = try await Member.created(["alice", "bob"], in: folder.file("data"))
            (alice, bob) = (members[0], members[1])
            try await RunningServer.with(folder.file("data")) { server in
                let api = server.api.with(token: alice.token)
                let follow = try await server.api.with(token: bob.token).send("POST", "/v1/users/\(alice.id)/follow")
                #expect(follow.status == 200)
                for index in 0..<5 {
                    post =
                        try await api.send("POST", "/v1/posts", ["content": "post \(index) \u{1F426}"])
                        .json["post_id"].string ?? ""
                }
            }
            reads = [
                ("/v1/feed", bob.token), ("/v1/me/feed", bob.token), ("/v1/feed?limit=2", bob.token),
                ("/v1/feed?order=chronological&limit=100", bob.token), ("/v1/feed", alice.token),
                ("/v1/users/\(alice.id)", bob.token), ("/v1/users/\(alice.id)", nil),
                ("/v1/users/\(bob.id)?x=y", bob.token), ("/v1/posts/\(post)", bob.token), ("/v1/posts/\(post)", nil),
            ]
        }
    }

    @Test(
        "the fast path's answers are the ordinary ones to the byte",
        arguments: [["--rate-limits", "off"], ["--rate-limit-reads", "100000", "--rate-limit-address", "100000"]])
    func sameBytes(limits: [String]) async throws {
        let folder = try TemporaryFolder()
        let community = try await Community(folder)
        try await RunningServer.with(folder.file("data"), limits + ["--metrics-token", FastPath.metricsToken]) {
            server in
            let connection = try RawConnection(port: server.port)
            for (path, token) in community.reads {
                let ordinary = FastPath.get(path, as: token, ordinary: true)
                try await connection.warm(FastPath.get(path, as: token), server)
                let first = FastPath.lasting(try await connection.ask(ordinary))
                let count = try await server.fastAnswers()
                let fast = FastPath.lasting(try await connection.ask(FastPath.get(path, as: token)))
                #expect(try await server.fastAnswers() == count + 1, "\(path)")
                let second = FastPath.lasting(try await connection.ask(ordinary))
                #expect(first.count == 1 && first.first?.hasPrefix("HTTP/1.1 200 OK\r\n") == true, "\(path)")
                #expect(first == fast && fast == second, "\(path)")
                #expect(fast.first?.contains("\r\nRateLimit: ") == (limits.count > 2))
            }
            #expect(try await server.fastAnswers() >= 2 * community.reads.count)
        }
    }

    @Test("without it the same bytes come, and nothing counts as fast")
    func switchedOff() async throws {
        let folder = try TemporaryFolder()
        let community = try await Community(folder)
        func answers(_ flags: [String]) async throws -> (answers: [[String]], fast: Int, requests: Double?) {
            try await RunningServer.with(folder.file("data"), FastPath.flags + flags) { server in
                var answers: [[String]] = []
                for (path, token) in community.reads {
                    let connection = try RawConnection(port: server.port)
                    for ordinary in [true, false, false, true] {
                        answers.append(
                            FastPath.lasting(
                                try await connection.ask(FastPath.get(path, as: token, ordinary: ordinary))))
                    }
                }
                for request in Self.unusual(path: "/v1/posts/\(community.post)", token: community.bob.token) {
                    let connection = try RawConnection(port: server.port)
                    try await connection.send(request)
                    connection.finishSending()
                    let received = try await connection.receive()
                    #expect(received.isClosed)
                    answers.append([request] + FastPath.lasting(received.bytes))
                }
                let total = "starling_http_requests_total{route=\"/v1/me/feed\",status=\"2xx\"}"
                return (answers, try await server.fastAnswers(), try await server.metrics().samples[total])
            }
        }
        let on = try await answers([])
        let off = try await answers(["--fast-path", "off"])
        #expect(on.answers.count == off.answers.count)
        for (fast, ordinary) in zip(on.answers, off.answers) { #expect(fast == ordinary) }
        #expect(on.fast > community.reads.count && off.fast == 0)
        #expect(on.requests == 4 && off.requests == 4)
    }

    /// Requests that are odd and allowed, or nearly.
    private static func unusual(path: String, token: String) -> [String] {
        func get(_ fields: String) -> String { FastPath.get(path, as: token, fields) }
        return [
            get("Connection: close\r\n"), get("Proxy-Connection: close\r\n"), get("Proxy-Connection: keep-alive\r\n"),
            get("connection: KEEP-ALIVE\r\n"), get("X-A:\r\nX-B: \t \r\nX-C:\tc\t\r\n"), get("Content-Length: 0\r\n"),
            get(String(repeating: "a:\r\n", count: 98)), get(String(repeating: "a:\r\n", count: 99)),
            get("Cookie: a=b; c=d\r\nAccept: */*\r\nAccept-Encoding: gzip\r\n"), get("X-Forwarded-For: 192.0.2.9\r\n"),
            get("Authorization: Bearer \(token)\r\n"), get("Upgrade-Insecure-Requests: 1\r\n"),
            get("If-None-Match: *\r\nRange: bytes=0-1\r\n"), get("Expect: nothing\r\n"), get("Upgrade: h2c\r\n"),
            get("X-A: a\u{7F}\r\n"), get("X-A: é\r\n"), get("X-A: a\r\n b\r\n"), get("\"X\": a\r\n"),
            FastPath.get(path, as: token + " "), FastPath.get(path, as: " " + token),
            FastPath.get(path, as: token + "\t"),
            FastPath.get(path + "?"), FastPath.get(path + "/"), FastPath.get(path + "?a&b=&&c==;\"<>\\^`{|}"),
            FastPath.get(path + "?a=1&a=2"), FastPath.get(path.replacing("/v1", with: "/v1/")),
            "GET \(path) HTTP/1.1\r\nHost:\r\n\r\n", "GET \(path) HTTP/1.1\r\nHost: a b, c\r\n\r\n",
            "GET \(path) HTTP/1.1\r\nhost: a\r\nHOST: a\r\n\r\n", "GET \(path)#top HTTP/1.1\r\nHost: a\r\n\r\n",
            "HEAD \(path) HTTP/1.1\r\nHost: a\r\n\r\n", "\r\nGET \(path) HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET http://localhost\(path) HTTP/1.1\r\nHost: localhost\r\n\r\n",
        ]
    }

    @Test("both ways spend one budget, and tell of its end in the same words")
    func budget() async throws {
        let folder = try TemporaryFolder()
        let community = try await Community(folder)
        let flags = ["--rate-limit-reads", "60", "--metrics-token", FastPath.metricsToken]
        try await RunningServer.with(folder.file("data"), flags) { server in
            let connection = try RawConnection(port: server.port)
            let start = ContinuousClock.now
            func read(ordinary: Bool = false) async throws -> [UInt8] {
                try await connection.ask(FastPath.get("/v1/feed", as: community.bob.token, ordinary: ordinary))
            }
            for index in 0..<29 { _ = try await read(ordinary: index % 3 == 0) }
            let text = String(decoding: try await read(), as: UTF8.self)
            let left = try #require(
                text.firstMatch(of: /\r\nRateLimit: "user-reads";r=([0-9]+);/).flatMap { Int($0.1) })
            // One comes back each second.
            let earned = Int(start.duration(to: .now).components.seconds) + 1
            #expect((30...30 + earned).contains(left))
            #expect(try await server.fastAnswers() >= 15)

            var last: [UInt8] = []
            for _ in 0..<200 where !last.starts(with: "HTTP/1.1 429".utf8) { last = try await read() }
            func words(_ bytes: [UInt8]) -> [String] {
                FastPath.lasting(bytes).map { $0.replacing(/Retry-After: [0-9]+|again in [0-9]+ s/, with: "") }
            }
            #expect(last.starts(with: "HTTP/1.1 429".utf8))
            #expect(words(last) == words(try await read(ordinary: true)))
        }
    }

    @Test("the date on answers is that of now")
    func date() async throws {
        let folder = try TemporaryFolder()
        let community = try await Community(folder)
        try await RunningServer.with(folder.file("data"), FastPath.flags) { server in
            let connection = try RawConnection(port: server.port)
            let request = FastPath.get("/v1/users/\(community.alice.id)")
            try await connection.warm(request, server)
            var dates: Set<String> = []
            for _ in 0..<6 {
                let answer = RawResponse.all(in: try await connection.ask(request)).first
                dates.insert(answer?.fields["date"] ?? "")
                try await Task.sleep(for: .milliseconds(400))
            }
            #expect((2...4).contains(dates.count))
        }
    }
}
