import Logging
import Synchronization
import Testing
import TestServers

@testable import Redis

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One server that stops, dies or refuses.
@Suite(.timeLimit(.minutes(10))) struct FaultTests {
    @Test("a paused server costs a deadline, then nothing; when it goes on, so does the client, replies unmixed")
    func paused() async throws {
        let server = try await RedisServer()
        defer { server.stop() }
        var settings = RedisSettings.patient
        settings.connectionsPerNode = 1
        settings.stallMax = .seconds(30)
        try await withRedis(server.url, settings) { redis in
            try await redis.set("before", "1")
            server.signal(SIGSTOP)
            var codes: [RedisError.Code?] = []
            for _ in 0..<settings.breakerFailures {
                codes.append(try await failure { try await redis.get("before", deadline: .milliseconds(50)) }?.code)
            }
            #expect(codes.allSatisfy { $0 == .deadlineExceeded })
            let refused = try await failure { try await redis.get("before", deadline: .seconds(60)) }
            #expect(refused?.code == .circuitOpen)
            #expect(refused?.mayHaveRun == false)
            server.signal(SIGCONT)
            try await eventually("the breaker closes") { try await redis.get("before") == "1" }
            for index in 0..<100 {
                try await redis.set("k", "\(index)")
                #expect(try await redis.get("k") == "\(index)")
            }
        }
    }

    @Test("a connection that stays silent is given up for a new one")
    func stalled() async throws {
        let server = try await RedisServer()
        defer { server.stop() }
        var settings = RedisSettings()
        settings.connectionsPerNode = 1
        settings.stallMax = .milliseconds(100)
        settings.breakerFailures = .max
        try await withRedis(server.url, settings) { redis in
            server.signal(SIGSTOP)
            #expect(try await failure { try await redis.get("a", deadline: .milliseconds(20)) } != nil)
            try await eventually("a new connection is tried") {
                try await failure { try await redis.get("a", deadline: .milliseconds(20)) }?.code == .unavailable
            }
            server.signal(SIGCONT)
            try await eventually("it answers") { try await redis.get("a") == nil }
        }
    }

    @Test("a killed server fails fast, and is used again when it is back")
    func killed() async throws {
        let server = try await RedisServer()
        defer { server.stop() }
        try await withRedis(server.url) { redis in
            try await redis.set("key", "1")
            server.signal(SIGKILL)
            try await eventually("it opens") {
                try await failure { try await redis.get("key") }?.code == .circuitOpen
            }
            try await server.restart()
            try await eventually("it is empty and answers") { try await redis.get("key") == nil }
            try await redis.set("key", "2")
            #expect(try await redis.get("key") == "2")
        }
    }

    @Test("a client can start before its server")
    func early() async throws {
        let server = try await RedisServer()
        server.stop()
        let redis = try await Redis.connect(server.url, waits: false)
        #expect(try await failure { try await redis.get("key") }?.code == .unavailable)
        var hasty = RedisSettings()
        hasty.connectTimeout = .milliseconds(100)
        let waiting = try await failure { try await Redis.connect(server.url, settings: hasty) }
        #expect(waiting?.code == .unavailable)
        try await server.restart()
        try await eventually("it answers") { try await redis.get("key") == nil }
        await redis.close()
        server.stop()
    }

    @Test("a wrong password, a missing one, a certificate that nobody trusts, and servers that are no cluster")
    func refusals() async throws {
        var options = RedisServer.Options()
        (options.password, options.isTLS) = ("right", true)
        let server = try await RedisServer(options)
        defer { server.stop() }
        let plain = try await RedisServer()
        defer { plain.stop() }
        var untrusting = RedisSettings()
        untrusting.connectTimeout = .milliseconds(500)
        var trusting = untrusting
        trusting.trustedCertificates = server.certificate
        var patient = RedisSettings.patient
        patient.trustedCertificates = server.certificate
        let address = "127.0.0.1:\(server.port)"
        for url in ["rediss://:wrong@\(address)", "rediss://\(address)", "redis://:right@\(address)"] {
            #expect(try await failure { try await Redis.connect(url, settings: trusting) }?.code == .unavailable)
        }
        #expect(try await failure { try await Redis.connect(server.url, settings: untrusting) }?.code == .unavailable)
        let both = "redis://127.0.0.1:\(plain.port),127.0.0.1:\(plain.port)"
        #expect(try await failure { try await Redis.connect(both) }?.code == .invalidSetting)
        try await withRedis("rediss://default:right@\(address)", patient) { redis in
            let value = try await redis.get("key")
            #expect(value == nil)
        }
    }

    @Test("several servers that are no cluster are told of, also where nobody waits, and not each time")
    func noCluster() async throws {
        let servers = [try await RedisServer(), try await RedisServer()]
        defer { for server in servers { server.stop() } }
        let errors = ErrorCollector()
        var settings = RedisSettings.patient
        settings.refreshIntervalMin = .milliseconds(10)
        let redis = try await Redis.connect(
            "redis://127.0.0.1:\(servers[0].port),127.0.0.1:\(servers[1].port)", settings: settings, waits: false,
            logger: Logger(label: "test") { _ in errors })
        try await eventually("it is told") { !errors.texts.isEmpty }
        try await Task.sleep(for: .milliseconds(200))
        #expect(errors.texts == ["Redis is not used"])
        await redis.close()
    }

    @Test("the database of the URL")
    func database() async throws {
        let server = try await RedisServer()
        defer { server.stop() }
        try await withRedis(server.url + "/3") { redis in try await redis.set("key", "3") }
        try await withRedis(server.url) { redis in
            let value = try await redis.get("key")
            #expect(value == nil)
        }
        #expect(try server.command("-n", "3", "GET", "key").hasPrefix("3"))
    }
}

private final class ErrorCollector: LogHandler {
    private let collected = Mutex<[String]>([])

    var texts: [String] { collected.withLock(\.self) }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .error }
        set {}
    }

    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) { collected.withLock { $0.append("\(event.message)") } }
}
