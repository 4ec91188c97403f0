import Core

/// What one rule remembers of its subjects: GCRA keeps a single moment for each, the one at which its bucket is full
/// again (the "theoretical arrival time" of ITU-T I.371). A subject that is not in the table has a full bucket.
///
/// Where processes share limits it also counts what it charged since it last reported that.
struct BucketTable: Sendable {
    private struct Bucket: Sendable {
        var fullAt: Nanoseconds
        var unreported: Int32 = 0
    }

    /// What a subject was charged since the last report.
    struct Account: Sendable {
        let subject: RateLimitSubject
        let count: Int32
        let fullAt: Nanoseconds
    }

    let rule: RateLimitRule
    /// In the order last heard of, so that the oldest is the first to be full again, within one window.
    private var buckets = RecencyMap<RateLimitSubject, Bucket>()
    /// Those with something to report. Past `subjectsMax` charges go unreported.
    private var reporting: [RateLimitSubject] = []
    private let subjectsMax: Int
    /// Nil where nobody asks for reports.
    private let bell: SettlementBell?

    init(_ rule: RateLimitRule, subjectsMax: Int, bell: SettlementBell?) {
        self.rule = rule
        self.subjectsMax = subjectsMax
        self.bell = bell
    }

    var count: Int { buckets.count }

    /// How far the subject has run ahead of what it earned; 0 for a full bucket.
    mutating func backlog(of subject: RateLimitSubject, at now: Nanoseconds) -> Nanoseconds {
        forgetFull(at: now)
        return max(0, (buckets.touch(subject)?.fullAt ?? now) - now)
    }

    /// Charges the subject if the rule lets it.
    /// - Returns: the backlog before.
    mutating func take(_ subject: RateLimitSubject, _ rule: RateLimitRule, at now: Nanoseconds) -> Nanoseconds {
        let backlog = backlog(of: subject, at: now)
        if rule.admits(backlog) { charge(subject, rule, at: now) }
        return backlog
    }

    mutating func charge(_ subject: RateLimitSubject, _ rule: RateLimitRule, at now: Nanoseconds) {
        var bucket = buckets[subject] ?? Bucket(fullAt: now)
        bucket.fullAt = max(bucket.fullAt, now) + rule.interval
        if let bell { note(&bucket, of: subject, bell) }
        buckets.insert(bucket, forKey: subject)
        if buckets.count > subjectsMax { buckets.removeLast() }
    }

    private mutating func note(_ bucket: inout Bucket, of subject: RateLimitSubject, _ bell: SettlementBell) {
        if bucket.unreported == 0 {
            guard reporting.count < subjectsMax else { return }
            reporting.append(subject)
        }
        guard bucket.unreported < .max else { return }
        bucket.unreported += 1
        if Int(bucket.unreported) >= rule.unreportedMax { bell.ring() }
    }

    /// Two for each request, so that the table shrinks faster than it can grow and no request pays for all.
    private mutating func forgetFull(at now: Nanoseconds) {
        for _ in 0..<2 {
            guard let (_, oldest) = buckets.last, oldest.fullAt <= now, oldest.unreported == 0 else { return }
            buckets.removeLast()
        }
    }
}

extension BucketTable {
    /// Everything unreported, which counts as reported from now on.
    mutating func takeAccounts() -> [Account] {
        defer { reporting.removeAll(keepingCapacity: reporting.count <= Limits.rateLimitReportsMax) }
        return reporting.compactMap { subject in
            guard var bucket = buckets[subject], bucket.unreported > 0 else { return nil }
            let account = Account(subject: subject, count: bucket.unreported, fullAt: bucket.fullAt)
            bucket.unreported = 0
            buckets.update(bucket, forKey: subject)
            return account
        }
    }

    /// Takes over what all processes together charged a subject, if it is noticeably more than what is known here.
    /// - Parameter fullAt: without what was charged here since the report.
    mutating func learn(_ fullAt: Nanoseconds, of subject: RateLimitSubject, at now: Nanoseconds) {
        var bucket = buckets[subject] ?? Bucket(fullAt: now)
        let shared = fullAt + Nanoseconds(bucket.unreported) * rule.interval
        guard shared > bucket.fullAt + rule.tolerance else { return }
        bucket.fullAt = shared
        buckets.insert(bucket, forKey: subject)
        if buckets.count > subjectsMax { buckets.removeLast() }
    }
}
