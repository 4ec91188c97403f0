import Core
import KeyValue
import Telemetry
import TestServers
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@testable import Redis

/// Processes that share rate limits through one Redis: each a limiter of its own, settled when the test says so.
@Suite(.timeLimit(.minutes(10))) struct RateLimitSettlementTests {
    /// A window so long that nothing is earned back while a test runs.
    static let rule = RateLimitRule(name: "reads", limit: 100, window: .seconds(1_000_000))
    let rule = Self.rule
    let alice = RateLimitSubject.user(1)

    /// One process.
    struct Process {
        let limiter: MemoryRateLimiter
        let settlement: RateLimitSettlement

        /// - Parameter time: so much by default that a busy machine loses no report.
        init(_ redis: Redis, within time: Duration = .seconds(10), metrics: MetricsRegistry = MetricsRegistry()) {
            limiter = MemoryRateLimiter(isShared: true, metrics: metrics)
            settlement = RateLimitSettlement(of: limiter, through: redis, within: time, metrics: metrics)
        }

        /// How many of so many requests pass.
        func pass(_ subject: RateLimitSubject, _ count: Int, _ rule: RateLimitRule = rule) -> Int {
            (0..<count).count { _ in limiter.take(subject, rules: [rule]).isAllowed }
        }
    }

    @Test("what was spent in one process is refused in the other", arguments: [Deployment.single, .cluster])
    func shared(deployment: Deployment) async throws {
        try await deployment.open { redis in
            let rule = RateLimitRule(name: freshName(), limit: 100, window: .seconds(1_000_000))
            let (one, other) = (Process(redis), Process(redis))
            // Several subjects, so that a cluster has them in several slots.
            for subject in (1...20).map({ RateLimitSubject.user($0) }) {
                #expect(one.pass(subject, 150, rule) == 100)
                #expect(other.pass(subject, 1, rule) == 1)
            }
            await one.settlement.settle()
            await other.settlement.settle()
            for subject in (1...20).map({ RateLimitSubject.user($0) }) {
                #expect(other.pass(subject, 5, rule) == 0)
                #expect(other.pass(.address("2001:db8::\(subject.text)"), 1, rule) == 1)
            }
        }
    }

    @Test("a budget spread over processes is overdrawn by no more than what is unreported")
    func spread() async throws {
        try await withServer { _, redis in
            let processes = (0..<4).map { _ in Process(redis) }
            var passed = 0
            for _ in 0..<40 {
                for process in processes {
                    passed += process.pass(alice, 2)
                    await process.settlement.settle()
                }
            }
            // Each may be behind by the one round in which it was not asked.
            #expect((100...108).contains(passed))
        }
    }

    @Test("alone, settling changes no decision", arguments: 0..<10)
    func alone(seed: Int) async throws {
        try await withServer { _, redis in
            var generator = SeededGenerator(seed: seed)
            let rule = RateLimitRule(name: "r", limit: Int.random(in: 1...40, using: &generator), window: .seconds(400))
            let interval = Duration.seconds(400) / rule.limit
            let start = ContinuousClock.now
            let process = Process(redis)
            let model = MemoryRateLimiter(epoch: start)
            var now = start
            for _ in 0..<200 {
                now += interval * Double.random(in: 0...2, using: &generator)
                for _ in 0..<Int.random(in: 0...4, using: &generator) {
                    let decision = process.limiter.take(alice, rules: [rule], at: now)
                    #expect(decision == model.take(alice, rules: [rule], at: now))
                }
                if Bool.random(using: &generator) { await process.settlement.settle() }
            }
        }
    }

    @Test("what FLUSHALL took comes back from the processes")
    func flushed() async throws {
        try await withServer { server, redis in
            let (one, other) = (Process(redis), Process(redis))
            #expect(one.pass(alice, 90) == 90)
            await one.settlement.settle()
            try server.command("FLUSHALL")
            // Who knows goes on refusing, and tells the others with its next report.
            #expect(one.pass(alice, 5) == 5)
            await one.settlement.settle()
            #expect(other.pass(alice, 1) == 1)
            await other.settlement.settle()
            #expect(other.pass(alice, 20) == 4)
        }
    }

    @Test("without Redis each process decides alone, and they meet again after")
    func outage() async throws {
        try await withServer { server, redis in
            let metrics = MetricsRegistry()
            let (one, other) = (Process(redis, metrics: metrics), Process(redis))
            server.stop()
            #expect(one.pass(alice, 150) == 100)
            await one.settlement.settle()
            #expect(one.pass(alice, 5) == 0)
            #expect(metrics.prometheusText().contains("starling_rate_limit_reports_lost_total 1\n"))
            #expect(other.pass(alice, 40) == 40)
            await other.settlement.settle()
            try await server.restart()
            // Reports go with charges: bob's tell when Redis is back.
            try await eventually("Redis is asked again") {
                _ = other.pass(.user(2), 1)
                await other.settlement.settle()
                return try server.command("DBSIZE").hasPrefix("1")
            }
            #expect(other.pass(alice, 1) == 1)
            await other.settlement.settle()
            #expect(other.pass(alice, 100) == 59)
        }
    }

    @Test("a Redis that hangs holds nobody up for long, and its late answers charge nobody")
    func hanging() async throws {
        try await withServer { server, redis in
            let one = Process(redis, within: Limits.rateLimitSettlementTime)
            server.signal(SIGSTOP)
            #expect(one.pass(alice, 10) == 10)
            await one.settlement.settle()
            #expect(one.pass(alice, 10) == 10)
            server.signal(SIGCONT)
            #expect(one.pass(alice, 100) == 80)
        }
    }

    @Test("a key goes when the bucket is full again, and names nobody")
    func keys() async throws {
        try await withServer { server, redis in
            let rule = RateLimitRule(name: "reads", limit: 10, window: .seconds(100))
            let one = Process(redis)
            #expect(one.pass(.address("192.0.2.77"), 3, rule) == 3)
            await one.settlement.settle()
            let key = try server.command("KEYS", "*").split(whereSeparator: \.isWhitespace).joined()
            #expect(key.hasPrefix("limit:reads:") && key.count == "limit:reads:".count + 32)
            let milliseconds = try #require(Int(try server.command("PTTL", key).prefix { $0.isNumber }))
            #expect((20_000...30_000).contains(milliseconds))
        }
    }

    @Test("what a server says beyond reason is bounded")
    func nonsense() async throws {
        let server = try await FakeServer { $0.hasPrefix("EVALSHA") ? .bytes(":\(Int64.max)\r\n") : nil }
        try await withRedis(server.url) { redis in
            let one = Process(redis)
            #expect(one.pass(alice, 1) == 1)
            await one.settlement.settle()
            let decision = one.limiter.take(alice, rules: [rule])
            #expect(!decision.isAllowed)
            #expect((decision.tightest?.resetSeconds ?? .max) <= 2_000_000)
        }
        await server.stop()
    }

    @Test("as a service it settles by itself, and once more at its end")
    func service() async throws {
        try await withServer { _, redis in
            let (one, other) = (Process(redis), Process(redis))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await one.settlement.run() }
                #expect(one.pass(alice, 100) == 100)
                try await eventually("the other learns of it") {
                    _ = other.pass(alice, 1)
                    await other.settlement.settle()
                    return other.pass(alice, 1) == 0
                }
                #expect(one.pass(.user(2), 100) == 100)
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(other.pass(.user(2), 1) == 1)
            await other.settlement.settle()
            #expect(other.pass(.user(2), 1) == 0)
        }
    }

    private func withServer(_ body: (RedisServer, Redis) async throws -> Void) async throws {
        let server = try await RedisServer()
        try await withRedis(server.url) { try await body(server, $0) }
    }

    private func freshName() -> String { "r\(UInt64.random(in: 0 ... .max))" }
}
