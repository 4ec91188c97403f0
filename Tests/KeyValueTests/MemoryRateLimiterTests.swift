import KeyValue
import Telemetry
import Testing
import TestSupport

@Suite struct MemoryRateLimiterTests {
    let start = ContinuousClock.now
    let limiter: MemoryRateLimiter
    let registry = MetricsRegistry()
    let perSecond = RateLimitRule(name: "burst", limit: 5, window: .seconds(1))
    let perMinute = RateLimitRule(name: "default", limit: 6, window: .seconds(60))
    let alice = RateLimitSubject.user(1)
    let bob = RateLimitSubject.user(2)

    init() {
        limiter = MemoryRateLimiter(epoch: start, metrics: registry)
    }

    func take(
        _ subject: RateLimitSubject, _ rules: RateLimitRule..., after elapsed: Duration = .zero
    ) -> RateLimitDecision {
        limiter.take(subject, rules: rules, at: start + elapsed)
    }

    @Test("the whole limit at once, then one each interval")
    func burst() {
        for remaining in (0..<6).reversed() {
            let decision = take(alice, perMinute)
            #expect(decision.isAllowed)
            #expect(decision.tightest?.remaining == remaining)
            #expect(decision.retryAfterSeconds == nil)
        }
        let refused = take(alice, perMinute)
        #expect(!refused.isAllowed)
        #expect(refused.tightest?.remaining == 0)
        #expect(refused.tightest?.resetSeconds == 60)
        #expect(refused.retryAfterSeconds == 10)
        #expect(take(alice, perMinute, after: .milliseconds(9_999)).retryAfterSeconds == 1)
        #expect(take(alice, perMinute, after: .seconds(10)).isAllowed)
        #expect(!take(alice, perMinute, after: .seconds(10)).isAllowed)
    }

    @Test("subjects do not share a limit")
    func subjects() {
        for _ in 0..<6 { _ = take(alice, perMinute) }
        #expect(!take(alice, perMinute).isAllowed)
        #expect(take(bob, perMinute).isAllowed)
    }

    @Test("no rule is charged when one refuses")
    func allOrNothing() {
        for _ in 0..<5 { #expect(take(alice, perSecond).isAllowed) }
        for _ in 0..<10 {
            let refused = take(alice, perMinute, perSecond)
            #expect(!refused.isAllowed)
            #expect(refused.tightest?.rule == perSecond)
            #expect(refused.standings.map(\.remaining) == [6, 0])
        }
        #expect(take(alice, perMinute).tightest?.remaining == 5)
    }

    @Test("several subjects at once: user and address", arguments: 0..<32)
    func severalSubjects(number: Int) {
        let charges = [
            RateLimitCharge(.address("192.0.2.\(number)"), perSecond), RateLimitCharge(alice, perMinute),
        ]
        for _ in 0..<5 { #expect(limiter.take(charges, at: start).isAllowed) }
        #expect(!limiter.take(charges, at: start).isAllowed)
        #expect(take(alice, perMinute).tightest?.remaining == 0)
    }

    @Test("the tightest rule has the fewest requests left")
    func tightest() {
        #expect(take(alice, perMinute, perSecond).tightest?.rule == perSecond)
        let later = take(alice, perMinute, perSecond, after: .seconds(2))
        #expect(later.standings.map(\.remaining) == [4, 4])
        #expect(later.tightest?.rule == perMinute)
        #expect(limiter.take([], at: start).isAllowed)
    }

    @Test("agrees with a bucket of tokens", arguments: 0..<20)
    func tokenBucket(seed: Int) {
        var generator = SeededGenerator(seed: seed)
        let rule = RateLimitRule(name: "r", limit: Int.random(in: 1...20, using: &generator), window: .seconds(7))
        let interval = 7_000_000_000 / rule.limit
        var level = interval * rule.limit
        var now = 0
        for _ in 0..<1000 {
            let pause = Int.random(in: 0...(interval * 2), using: &generator)
            now += pause
            level = min(interval * rule.limit, level + pause)
            let decision = take(alice, rule, after: .nanoseconds(now))
            #expect(decision.isAllowed == (level >= interval))
            if level >= interval { level -= interval }
            #expect(decision.tightest?.remaining == level / interval)
        }
    }

    @Test("subjects whose bucket is full again are forgotten")
    func forgetting() {
        let limiter = MemoryRateLimiter(shardCount: 1, epoch: start)
        for id in 0..<1000 { _ = limiter.take(.user(Int64(id)), rules: [perSecond], at: start) }
        #expect(limiter.subjectCount == 1000)
        for id in 0..<1000 { _ = limiter.take(.user(Int64(id)), rules: [perSecond], at: start + .seconds(5)) }
        #expect(limiter.subjectCount == 1000)
        for _ in 0..<600 { _ = limiter.take(alice, rules: [perSecond], at: start + .seconds(10)) }
        #expect(limiter.subjectCount == 1)
    }

    @Test("the number of subjects is bounded per rule; the one heard of longest ago goes first")
    func bound() {
        let limiter = MemoryRateLimiter(subjectsMax: 3, shardCount: 1, epoch: start)
        func remaining(_ id: Int64) -> Int? {
            limiter.take(.user(id), rules: [perMinute], at: start).tightest?.remaining
        }
        for id: Int64 in 1...3 { #expect(remaining(id) == 5) }
        #expect(remaining(1) == 4)
        #expect(remaining(4) == 5)
        #expect(limiter.subjectCount == 3)
        #expect(remaining(1) == 3)
        #expect(remaining(2) == 5)
    }

    @Test("exactly the limit passes, however many ask at once")
    func concurrency() async {
        let rule = RateLimitRule(name: "busy", limit: 1000, window: .seconds(3600))
        let (limiter, start) = (limiter, start)
        let charges = [RateLimitCharge(alice, rule), RateLimitCharge(bob, rule)]
        let passed = await withTaskGroup(of: Int.self) { group in
            for turn in 0..<4 {
                group.addTask {
                    let charges = turn.isMultiple(of: 2) ? charges : charges.reversed()
                    return (0..<500).count { _ in limiter.take(charges, at: start).isAllowed }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(passed == 1000)
    }

    @Test("refusals are counted by rule")
    func metrics() {
        for _ in 0..<8 { _ = take(alice, perMinute, perSecond) }
        #expect(registry.prometheusText().contains("starling_rate_limited_total{rule=\"burst\"} 3\n"))
    }

    @Test("values of the header fields")
    func headers() throws {
        let standing = try #require(take(alice, perMinute).tightest)
        #expect(RateLimitHeaders.limit(standing) == #""default";r=5;t=10"#)
        #expect(RateLimitHeaders.policy([perMinute, perSecond]) == #""default";q=6;w=60, "burst";q=5;w=1"#)
    }
}
