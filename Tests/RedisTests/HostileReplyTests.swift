import NIOCore
import Testing

@testable import Redis

/// What a server does to a client that means no good, or is no Redis.
@Suite(.timeLimit(.minutes(10))) struct HostileReplyTests {
    @Test("replies in single bytes")
    func torn() async throws {
        let server = try await FakeServer { $0 == "GET key" ? .torn("*2\r\n$3\r\na\r\n\r\n:7\r\n") : nil }
        try await withClient(of: server) { redis in
            for _ in 0..<20 {
                var batch = RedisBatch()
                batch.append("GET", "key")
                batch.append("GET", "key")
                let replies = try await redis.send(batch).map { try $0.elements().map(Array.init) ?? [] }
                #expect(replies.count == 2)
                for reply in replies {
                    #expect(try reply.first?.string() == "a\r\n")
                    #expect(try reply.last?.integer() == 7)
                }
            }
        }
    }

    @Test(
        "a reply that breaks the rules ends the connection, and the next batch has a new one",
        arguments: [
            "!\r\n", "$9999999999\r\n", "$3\r\nabcd\r\n", "*99999999\r\n", "+" + String(repeating: "x", count: 70_000),
            String(repeating: "*1\r\n", count: 20), "+one\r\n+two\r\n",
        ])
    func broken(reply: String) async throws {
        let server = try await FakeServer { $0 == "GET evil" ? .bytes(reply) : nil }
        try await withClient(of: server) { redis in
            // The last of the replies is whole, and another follows it.
            let error = try await failure { try await redis.get("evil") }
            #expect(error == nil || error?.code == .malformedReply)
            #expect(error != nil || reply.hasPrefix("+one"))
            try await eventually("a new connection answers") { try await redis.get("good") == "OK" }
            #expect(server.connectionCount >= 2)
        }
    }

    @Test("a reply that nobody asked for ends the connection")
    func unasked() async throws {
        let server = try await FakeServer { _ in nil }
        try await withClient(of: server) { redis in
            let before = server.connectionCount
            server.push("+surprise\r\n")
            try await eventually("a new connection") { server.connectionCount > before }
            try await eventually("it answers") { try await redis.get("good") == "OK" }
        }
    }

    @Test("a connection that ends in the middle of a reply fails its batch, and sends it to nobody else")
    func cut() async throws {
        let server = try await FakeServer { command in
            switch command {
            case "GET half": .bytes("$10\r\nabc")
            case "GET cut": .close
            default: nil
            }
        }
        try await withClient(of: server) { redis in
            async let half = failure { try await redis.get("half", deadline: .seconds(10)) }
            try await eventually("the first is there") { server.commands.contains("GET half") }
            async let cut = failure { try await redis.get("cut", deadline: .seconds(10)) }
            let errors = try await [half, cut]
            #expect(errors.map(\.?.code) == [.connectionLost, .connectionLost])
            #expect(errors.allSatisfy { $0?.mayHaveRun == true })
            try await eventually("a new connection answers") { try await redis.get("good") == "OK" }
            #expect(server.commands.filter { $0 == "GET half" || $0 == "GET cut" }.count == 2)
        }
    }

    @Test("a reply that comes after the deadline is given to nobody")
    func late() async throws {
        let server = try await FakeServer { command in
            switch command {
            case "GET slow": .nothing
            case "GET next": .bytes("+late\r\n+right\r\n")
            default: nil
            }
        }
        var settings = RedisSettings()
        // However late this test gets its turn, the connection is not given up as stalled.
        settings.stallMax = .seconds(600)
        try await withClient(of: server, settings) { redis in
            let slow = try await failure { try await redis.get("slow", deadline: .milliseconds(30)) }
            #expect(slow?.code == .deadlineExceeded)
            #expect(try await redis.get("next") == "right")
            #expect(server.connectionCount == 1)
        }
    }

    @Test("a batch past the bound is refused at once, and the bound is free again when it is answered")
    func overload() async throws {
        var settings = RedisSettings()
        settings.pendingCommandsMax = 10
        let server = try await FakeServer { _ in nil }
        try await withClient(of: server, settings) { redis in
            var batch = RedisBatch()
            for index in 0..<11 { batch.append("GET", index) }
            let tooMany = batch
            #expect(try await failure { _ = try await redis.send(tooMany) }?.code == .overloaded)
            #expect(!server.commands.contains("GET 0"))
            for _ in 0..<50 { _ = try await redis.get("good") }
            var settled = RedisBatch()
            for index in 0..<10 { settled.append("GET", index) }
            #expect(try await redis.send(settled).count == 10)
        }
    }

    private func withClient(
        of server: FakeServer, _ settings: RedisSettings = RedisSettings(), _ body: (Redis) async throws -> Void
    ) async throws {
        var settings = settings
        settings.connectionsPerNode = 1
        settings.deadline = .seconds(10)
        settings.breakerFailures = 1_000
        let redis = try await Redis.connect(server.url, settings: settings)
        do {
            try await body(redis)
        } catch {
            await redis.close()
            await server.stop()
            throw error
        }
        await redis.close()
        await server.stop()
    }
}

/// - Returns: the `RedisError` that the body throws.
func failure<Result>(_ body: () async throws -> Result) async throws -> RedisError? {
    do {
        _ = try await body()
        return nil
    } catch let error as RedisError {
        return error
    }
}
