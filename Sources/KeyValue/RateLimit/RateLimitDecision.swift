/// Whether a request may pass, and where its subject stands with each rule.
package struct RateLimitDecision: Hashable, Sendable {
    /// Where a subject stands with one rule, after the request was charged or refused.
    package struct Standing: Hashable, Sendable {
        package let rule: RateLimitRule
        /// Requests it may still make at once.
        package let remaining: Int
        /// Until it may make `rule.limit` requests at once again, rounded up.
        package let resetSeconds: Int
        /// Until this rule would let the request pass, rounded up; 0 if it did.
        package let retryAfterSeconds: Int
    }

    package let isAllowed: Bool
    /// One for each charge, in order.
    package let standings: [Standing]

    /// The rule that will stop the subject first: the one to wait longest for if refused, else the one with the
    /// fewest requests left. Nil only if there was no rule.
    package var tightest: Standing? {
        standings.min { left, right in
            if left.retryAfterSeconds != right.retryAfterSeconds {
                return left.retryAfterSeconds > right.retryAfterSeconds
            }
            if left.remaining != right.remaining { return left.remaining < right.remaining }
            return left.resetSeconds > right.resetSeconds
        }
    }

    /// For the `Retry-After` header of a refused request: at least 1. Nil if the request passed.
    package var retryAfterSeconds: Int? {
        isAllowed ? nil : tightest.map { max(1, $0.retryAfterSeconds) }
    }
}

extension RateLimitDecision {
    /// What follows for charges of subjects that are so far ahead of what they earned, in nanoseconds.
    package init(_ charges: [RateLimitCharge], backlogs: [Int64]) {
        let isAllowed = zip(charges, backlogs).allSatisfy { $0.rule.admits($1) }
        self.init(
            isAllowed: isAllowed,
            standings: zip(charges, backlogs).map { Standing($0.rule, backlog: $1, isAllowed: isAllowed) })
    }
}

extension RateLimitDecision.Standing {
    /// - Parameter backlog: as it was before this request.
    init(_ rule: RateLimitRule, backlog: Nanoseconds, isAllowed: Bool) {
        let after = backlog + (isAllowed ? rule.interval : 0)
        self.init(
            rule: rule,
            remaining: Int(max(0, rule.burst - after) / rule.interval),
            resetSeconds: after.secondsRoundedUp,
            retryAfterSeconds: isAllowed ? 0 : (after + rule.interval - rule.burst).secondsRoundedUp)
    }
}
