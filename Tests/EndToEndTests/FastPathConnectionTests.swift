import HTTPClient
import Testing
import TestSupport

extension EndToEnd {
    @Suite(.serialized) struct FastPathConnectionTests {}
}

extension EndToEnd.FastPathConnectionTests {
    /// Runs `body` with a request that is answered on the fast path.
    func server(
        _ flags: [String] = [], _ body: (_ server: RunningServer, _ user: Member, _ fast: String) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let alice = try #require(try await Member.created(["alice"], in: folder.file("data")).first)
        try await RunningServer.with(folder.file("data"), FastPath.flags + flags) { server in
            let fast = FastPath.get("/v1/users/\(alice.id)")
            try await RawConnection(port: server.port).warm(fast, server)
            try await body(server, alice, fast)
        }
    }

    private static func post(_ path: String, _ body: String) -> String {
        "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    // MARK: Order and framing

    @Test("mixed requests sent in pieces are answered in order, as when they are sent one by one")
    func mixes() async throws {
        try await server { server, alice, fast in
            let feed = FastPath.get("/v1/feed", as: alice.token)
            try await RawConnection(port: server.port).warm(feed, server)
            let requests = [
                fast, feed, FastPath.get("/v1/users/\(alice.id)", ordinary: true), FastPath.get("/nowhere"),
                Self.post("/v1/users/login", "{}"), Self.post("/v1/users/login", fast),
                Self.post("/nowhere", fast + fast),
                FastPath.get("/v1/feed"), FastPath.get("/v1/feed?limit=0", as: alice.token), FastPath.get("/healthz"),
            ]
            var expected: [String: [String]] = [:]
            for request in requests {
                expected[request] = FastPath.lasting(try await RawConnection(port: server.port).ask(request))
            }
            var numbers = SeededGenerator(seed: 5)
            for round in 0..<30 {
                let stream = (0..<40).map { _ in
                    Bool.random(using: &numbers) ? fast : requests.randomElement(using: &numbers) ?? fast
                }
                let connection = try RawConnection(port: server.port)
                var rest = Array(stream.joined().utf8)[...]
                while !rest.isEmpty {
                    let longest = [2, 60, 400, 4_000].randomElement(using: &numbers) ?? 1
                    let count = Int.random(in: 1...longest, using: &numbers)
                    try await connection.send(rest.prefix(count))
                    rest = rest.dropFirst(count)
                    if Int.random(in: 0..<4, using: &numbers) == 0 { try await Task.sleep(for: .milliseconds(1)) }
                }
                let received = try await connection.receive { $0.responses.count >= stream.count }
                #expect(FastPath.lasting(received.bytes) == stream.flatMap { expected[$0] ?? [] }, "round \(round)")
            }
        }
    }

    @Test("a body that looks like a request is none, wherever it is split")
    func bodies() async throws {
        try await server { server, _, fast in
            let request = Self.post("/v1/users/login", fast)
            let headCount = request.utf8.count - fast.utf8.count
            for place in [headCount - 1, headCount, headCount + 5, request.utf8.count - 1] {
                let connection = try RawConnection(port: server.port)
                try await connection.send(request.utf8.prefix(place))
                try await Task.sleep(for: .milliseconds(20))
                try await connection.send(request.utf8.dropFirst(place))
                #expect(try await connection.responses(1).map(\.status) == [400])
                #expect(try await connection.status(fast) == 200)
            }
        }
    }

    @Test("the rest of a head that looks like a request is none")
    func heads() async throws {
        try await server { server, _, fast in
            let connection = try RawConnection(port: server.port)
            try await connection.send("POST /v1/users/login HTTP/1.1\r\nHost: localhost\r\nX-A: ")
            try await Task.sleep(for: .milliseconds(20))
            try await connection.send(fast)
            // One request, with two hosts.
            let received = try await connection.receive()
            #expect(received.isClosed && received.responses.map(\.status) == [400])
        }
    }

    @Test("a fast request waits for the slow one before it")
    func waiting() async throws {
        try await server { server, _, fast in
            let login = Self.post("/v1/users/login", #"{"username":"alice","password":"not the one"}"#)
            let connection = try RawConnection(port: server.port)
            for _ in 0..<3 {
                try await connection.send(login)
                try await Task.sleep(for: .milliseconds(5))
                try await connection.send(fast)
                #expect(try await connection.responses(2).map(\.status) == [401, 200])
            }
        }
    }

    @Test("what is refused is refused before and behind a fast request, and nothing is taken from behind it")
    func hostile() async throws {
        try await server { server, _, fast in
            for request in HostileRequests.malformed {
                for pause in [false, true] {
                    let before = try RawConnection(port: server.port)
                    try await before.send(fast)
                    if pause { try await Task.sleep(for: .milliseconds(5)) }
                    try await before.send(request.bytes + Array(fast.utf8))
                    let received = try await before.receive()
                    #expect(received.isClosed, "\(request.name)")
                    #expect(received.responses.map(\.status) == [200, 400], "\(request.name): \(received.text)")

                    let behind = try RawConnection(port: server.port)
                    let next = Array((fast + fast).utf8)
                    try await behind.send(request.bytes + (pause ? [] : next))
                    if pause {
                        try await Task.sleep(for: .milliseconds(5))
                        try await behind.send(next)
                    }
                    // What comes behind a refusal may be answered by a reset.
                    let statuses = try await behind.receive().responses.map(\.status)
                    #expect(statuses == [400] || pause && statuses.isEmpty, "\(request.name)")
                }
            }
        }
    }
}
