import Redis

/// GCRA in Redis, over what processes charged already: it refuses nothing, it adds up.
enum RateLimitScript {
    /// KEYS the subject's moment under one rule. ARGV, in microseconds: what the reporter charged since its last report;
    /// how far ahead it knows the subject to be, that included; what it may be off by; the most a subject may be ahead.
    /// Answers how far ahead the subject is.
    ///
    /// Where nothing is known the reporter's word is taken, so what Redis forgot comes back. Where something is, the
    /// charges are added to it, and the reporter's word counts only where it is well above: otherwise the time that reports
    /// are under way would add up.
    static let settle = RedisScript(
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local full = now + ARGV[2]
        local known = tonumber(redis.call('GET', KEYS[1]))
        if known then
            local sum = known + ARGV[1]
            if full <= sum + ARGV[3] then full = sum end
        end
        if full <= now then return 0 end
        full = math.min(full, now + ARGV[4])
        redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000))
        return full - now
        """)

    /// Without a hash tag, so that subjects spread over a cluster's slots. Of addresses and names only a hash is sent.
    static func key(_ report: RateLimitReport) -> String {
        "limit:\(report.rule.name):\(report.subject.pseudonym)"
    }

    static func append(_ report: RateLimitReport, to batch: inout RedisBatch) {
        batch.append(settle, key: key(report)) { arguments in
            arguments.add(report.cost / 1_000)
            arguments.add(report.backlog / 1_000)
            arguments.add(report.rule.tolerance / 1_000)
            arguments.add(report.rule.sharedBacklogMax / 1_000)
        }
    }
}
