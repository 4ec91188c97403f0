import Core

extension Limits {
    /// Subjects a rate limit remembers per rule; past it the one heard of longest ago is forgotten.
    package static let rateLimitSubjectsMax = 65_536
    package static let rateLimitSubjectBytesMax = 256
    package static let keyLocksMax = 65_536
    /// Parts of a cache or a limiter that are locked separately.
    package static let shardCount = 16
}
