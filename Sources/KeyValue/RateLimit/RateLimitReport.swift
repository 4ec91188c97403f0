/// What one process charged a subject since it last said so.
struct RateLimitReport: Sendable {
    let subject: RateLimitSubject
    let rule: RateLimitRule
    /// Charges to report.
    let count: Int32
    /// When the bucket is full again as far as this process knows, these charges included, less the moment of the report:
    /// negative where it is full by now.
    let backlog: Nanoseconds

    var cost: Nanoseconds { Nanoseconds(count) * rule.interval }
}

extension RateLimitRule {
    /// A process that charged a subject so often reports it without waiting: a sixteenth of the limit.
    var unreportedMax: Int { max(1, limit / 16) }

    /// By how much what processes know of a subject may differ before one believes the other: a sixty-fourth of the limit.
    /// Less is the time that reports were under way.
    var tolerance: Nanoseconds { burst / 64 }

    /// How far ahead all processes together may let a subject run before what it took more is forgiven: two limits. It
    /// also bounds what a clock of the server's that was set back can do.
    var sharedBacklogMax: Nanoseconds { 2 * burst }
}
