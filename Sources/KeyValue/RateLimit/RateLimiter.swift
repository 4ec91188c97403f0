/// One request's claim on one rule.
package struct RateLimitCharge: Hashable, Sendable {
    package let subject: RateLimitSubject
    package let rule: RateLimitRule

    package init(_ subject: RateLimitSubject, _ rule: RateLimitRule) {
        self.subject = subject
        self.rule = rule
    }
}

/// Decides whether a request may pass.
package protocol RateLimiter: Sendable {
    /// The request passes only if every rule lets it; a refused request is charged to none of them.
    func take(_ charges: [RateLimitCharge], at now: ContinuousClock.Instant) -> RateLimitDecision

    /// Charges one rule if it lets the request pass; else nothing happened, and `take` says what follows.
    func takeIfAllowed(_ charge: RateLimitCharge, at now: ContinuousClock.Instant) -> RateLimitDecision.Standing?
}

extension RateLimiter {
    /// One subject against several rules.
    package func take(
        _ subject: RateLimitSubject, rules: [RateLimitRule], at now: ContinuousClock.Instant = .now
    ) -> RateLimitDecision {
        take(rules.map { RateLimitCharge(subject, $0) }, at: now)
    }
}
