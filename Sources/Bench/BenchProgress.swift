/// How a run stands, once a second.
package struct BenchProgress: Sendable {
    package enum Phase: String, Sendable {
        case warmup, measuring
    }

    package let phase: Phase
    /// Time spent in this phase, and the time it will take.
    package let elapsed: Duration
    package let total: Duration
    /// Responses received in this phase.
    package let requests: UInt64
    /// Responses a second since the last report.
    package let requestsPerSecond: Double
    /// Responses outside 2xx, transport failures, dropped requests and missed posts in this phase.
    package let errors: UInt64
}
