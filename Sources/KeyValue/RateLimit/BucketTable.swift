/// What one rule remembers of its subjects: GCRA keeps a single moment for each, the one at which its bucket is full
/// again (the "theoretical arrival time" of ITU-T I.371). A subject that is not in the table has a full bucket.
struct BucketTable: Sendable {
    /// In the order last heard of, so that the oldest is the first to be full again, within one window.
    private var fullAt = RecencyMap<RateLimitSubject, Nanoseconds>()
    private let subjectsMax: Int

    init(subjectsMax: Int) {
        self.subjectsMax = subjectsMax
    }

    var count: Int { fullAt.count }

    /// How far the subject has run ahead of what it earned; 0 for a full bucket.
    mutating func backlog(of subject: RateLimitSubject, at now: Nanoseconds) -> Nanoseconds {
        forgetFull(at: now)
        return max(0, (fullAt.touch(subject) ?? now) - now)
    }

    /// Charges the subject if the rule lets it.
    /// - Returns: the backlog before.
    mutating func take(_ subject: RateLimitSubject, _ rule: RateLimitRule, at now: Nanoseconds) -> Nanoseconds {
        let backlog = backlog(of: subject, at: now)
        if rule.admits(backlog) { charge(subject, rule, at: now) }
        return backlog
    }

    mutating func charge(_ subject: RateLimitSubject, _ rule: RateLimitRule, at now: Nanoseconds) {
        let start = max(fullAt[subject] ?? now, now)
        fullAt.insert(start + rule.interval, forKey: subject)
        if fullAt.count > subjectsMax { fullAt.removeLast() }
    }

    /// Two for each request, so that the table shrinks faster than it can grow and no request pays for all.
    private mutating func forgetFull(at now: Nanoseconds) {
        for _ in 0..<2 {
            guard let oldest = fullAt.last, oldest.value <= now else { return }
            fullAt.removeLast()
        }
    }
}
