import KeyValue
import Testing
import TestSupport

/// What every rate limiter does.
@Suite(.timeLimit(.minutes(10))) struct RateLimiterContractTests {
    let start = ContinuousClock.now
    let rule = RateLimitRule(name: "rule", limit: 10, window: .seconds(100))

    @Test("however many ask at once, exactly the limit passes", arguments: Implementation<any RateLimiter>.all)
    func race(implementation: Implementation<any RateLimiter>) async throws {
        let (start, rule) = (start, rule)
        try await implementation.open { limiter in
            for subject in 1...20 as ClosedRange<Int64> {
                let outcomes = await Race.run(30) { _ in
                    limiter.take(.user(subject), rules: [rule], at: start).isAllowed
                }
                #expect(outcomes.allowed == 10)
            }
        }
    }

    @Test("two who race for the last of two limits in opposite order", arguments: Implementation<any RateLimiter>.all)
    func twoRules(implementation: Implementation<any RateLimiter>) async throws {
        let (start, rule) = (start, rule)
        try await implementation.open { limiter in
            let wide = RateLimitRule(name: "wide", limit: 1_000, window: .seconds(1_000))
            let charges = [RateLimitCharge(.user(1), rule), RateLimitCharge(.address("192.0.2.1"), wide)]
            let outcomes = await Race.run(60) { runner in
                limiter.take(runner.isMultiple(of: 2) ? charges : charges.reversed(), at: start).isAllowed
            }
            #expect(outcomes.allowed == 10)
            // Those refused were not charged to the wide rule.
            let standing = limiter.take(.address("192.0.2.1"), rules: [wide], at: start).tightest
            #expect(standing?.remaining == 1_000 - 10 - 1)
        }
    }

    @Test("what was spent is earned back evenly", arguments: Implementation<any RateLimiter>.all)
    func refill(implementation: Implementation<any RateLimiter>) async throws {
        let (start, rule) = (start, rule)
        try await implementation.open { limiter in
            func take(_ seconds: Int) -> RateLimitDecision {
                limiter.take(.user(1), rules: [rule], at: start + .seconds(seconds))
            }
            for _ in 0..<10 { #expect(take(0).isAllowed) }
            #expect(take(0).retryAfterSeconds == 10)
            #expect(!take(9).isAllowed)
            #expect(take(10).isAllowed)
            #expect(!take(10).isAllowed)
            #expect(take(35).isAllowed)
            #expect(take(35).isAllowed)
            #expect(!take(35).isAllowed)
            #expect(take(1_000).tightest?.remaining == 9)
        }
    }

    @Test("a moment that lies behind earns nothing", arguments: Implementation<any RateLimiter>.all)
    func backwards(implementation: Implementation<any RateLimiter>) async throws {
        let (start, rule) = (start, rule)
        try await implementation.open { limiter in
            let later = start + .seconds(500)
            for _ in 0..<10 { #expect(limiter.take(.user(1), rules: [rule], at: later).isAllowed) }
            #expect(!limiter.take(.user(1), rules: [rule], at: start).isAllowed)
            #expect(!limiter.take(.user(1), rules: [rule], at: later).isAllowed)
        }
    }

    @Test("subjects and rules count on their own", arguments: Implementation<any RateLimiter>.all)
    func separate(implementation: Implementation<any RateLimiter>) async throws {
        let (start, rule) = (start, rule)
        try await implementation.open { limiter in
            let other = RateLimitRule(name: "other", limit: 10, window: .seconds(100))
            for _ in 0..<10 { _ = limiter.take(.user(1), rules: [rule], at: start) }
            #expect(!limiter.take(.user(1), rules: [rule], at: start).isAllowed)
            #expect(limiter.take(.user(1), rules: [other], at: start).isAllowed)
            #expect(limiter.take(.user(2), rules: [rule], at: start).isAllowed)
            #expect(limiter.take(.name("1"), rules: [rule], at: start).isAllowed)
            #expect(!limiter.take(.user(1), rules: [other, rule], at: start).isAllowed)
        }
    }
}
