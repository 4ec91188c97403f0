import Core

/// How much, how long and how often, where tests need it otherwise.
package struct S3Policy: Sendable {
    package var attemptsMax = Limits.blobAttemptsMax
    package var backoffBase = Limits.blobBackoffBase
    package var requestDeadline = Limits.blobRequestDeadline
    package var readDeadline = Limits.blobReadDeadline
    package var checkDeadline = Limits.blobCheckDeadline
    package var partBytes = Limits.blobPartBytes
    package var partsInFlightMax = Limits.blobPartsInFlightMax
    package var requestsInFlightMax = Limits.blobRequestsInFlightMax
    package var lengthMax = Limits.blobBytesMax

    package init() {}

    /// Somewhere between nothing and the time that doubles with each attempt; source: "full jitter" of
    /// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    func backoff(afterAttempt attempt: Int) -> Duration {
        let longest = min(backoffBase * (1 << min(max(attempt - 1, 0), 16)), Limits.blobBackoffMax)
        return longest * Double.random(in: 0...1)
    }
}
