import Foundation
import HTTPClient
import Testing
import TestSupport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension EndToEnd {
    @Suite(.serialized) struct LifecycleTests {}
}

extension EndToEnd.LifecycleTests {
    private static let post = #"{"content":"sent slowly"}"#

    /// A post whose body is still to come.
    private static func beginPost(to server: RunningServer, as member: Member) async throws -> RawConnection {
        let connection = try RawConnection(port: server.port)
        try await connection.send(
            "POST /v1/posts HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(member.token)\r\n"
                + "Content-Type: application/json\r\nContent-Length: \(post.utf8.count)\r\n\r\n" + post.prefix(5))
        return connection
    }

    /// Waits until new connections are refused.
    private static func refusesConnections(_ server: RunningServer) async throws -> Bool {
        for _ in 0..<500 {
            do { _ = try RawConnection(port: server.port) } catch is RawConnection.Failure { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    @Test(
        "a stop lets what is in flight finish, takes nothing new and ends idle connections",
        arguments: [SIGTERM, SIGINT])
    func gracefulStop(_ signal: Int32) async throws {
        let folder = try TemporaryFolder()
        let alice = try #require(try await Member.created(["alice"], in: folder.file("data")).first)
        let server = try await RunningServer.start(folder.file("data"))
        let idle = try RawConnection(port: server.port)
        try await idle.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(try await idle.responses(1).first?.status == 200)
        let slow = try await Self.beginPost(to: server, as: alice)
        try await Task.sleep(for: .milliseconds(200))

        server.process.signal(signal)
        #expect(try await Self.refusesConnections(server))
        #expect(try await idle.receive().isClosed)
        #expect(server.process.isRunning)
        try await slow.send(String(Self.post.dropFirst(5)))
        #expect(try await slow.responses(1).first?.status == 201)
        #expect(try await server.process.exit(within: .seconds(5)) == 0)
        #expect(server.process.errors.contains("stopped"))

        try await RunningServer.with(folder.file("data")) { again in
            let posts = try await again.api.get("/v1/users/\(alice.id)/posts").json["posts"].strings("content")
            #expect(posts == ["sent slowly"])
        }
    }

    @Test("a stop waits no longer than its limit")
    func stopLimit() async throws {
        let folder = try TemporaryFolder()
        let alice = try #require(try await Member.created(["alice"], in: folder.file("data")).first)
        let server = try await RunningServer.start(folder.file("data"), ["--shutdown-seconds", "1"])
        let slow = try await Self.beginPost(to: server, as: alice)
        try await Task.sleep(for: .milliseconds(200))
        let start = ContinuousClock.now
        server.process.signal(SIGTERM)
        _ = try await server.process.exit(within: .seconds(10))
        #expect(start.duration(to: .now) < .seconds(4))
        #expect(try await slow.receive().isClosed)
        try await Starling.expectSound(folder.file("data"))
    }

    @Test("a server says that it lives and that it is ready")
    func health() async throws {
        let folder = try TemporaryFolder()
        try await RunningServer.with(folder.file("data")) { server in
            for (path, status) in [("/healthz", "ok"), ("/readyz", "ready")] {
                let answer = try await server.api.get(path)
                #expect(answer.status == 200)
                #expect(answer.json["status"].string == status)
            }
        }
    }

    @Test("a log line can be read by a machine")
    func jsonLogs() async throws {
        let folder = try TemporaryFolder()
        let server = try await RunningServer.start(
            folder.file("data"), ["--log-format", "json", "--log-level", "debug"])
        _ = try await server.api.get("/v1/users/by-username/nobody")
        #expect(try await server.stop() == 0)
        let lines = server.process.errors.split(separator: "\n").map { JSON(bytes: Array($0.utf8)) }
        let request = try #require(lines.first { $0["route"].string == "GET /v1/users/by-username/{name}" })
        #expect(request["request_id"].string?.isEmpty == false)
        #expect(request["status"].string == "404")
        #expect(lines.allSatisfy { $0["level"].string != nil && $0["time"].string != nil })
    }
}
