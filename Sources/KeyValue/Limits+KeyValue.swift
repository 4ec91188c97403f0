import Core

extension Limits {
    /// Subjects a rate limit remembers per rule; past it the one heard of longest ago is forgotten.
    package static let rateLimitSubjectsMax = 65_536
    package static let rateLimitSubjectBytesMax = 256
    /// Reports to Redis in one batch.
    package static let rateLimitReportsMax = 4_096
    /// How often what was charged is reported to Redis, how often at most, and how long that may take.
    package static let rateLimitSettlementPause: Duration = .milliseconds(100)
    package static let rateLimitSettlementPauseMin: Duration = .milliseconds(10)
    package static let rateLimitSettlementTime: Duration = .milliseconds(100)
    package static let keyLocksMax = 65_536
    /// Parts of a cache or a limiter that are locked separately.
    package static let shardCount = 16
}
