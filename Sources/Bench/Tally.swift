import Histogram
import NIOCore

/// What one lane counted; tallies of several lanes add up.
struct Tally: Sendable {
    typealias Latencies = Histogram<UInt32>

    /// Ten minutes: what takes longer is counted as that.
    static let latencyMaxMicroseconds: UInt64 = 600_000_000

    /// Latencies in µs of 2xx responses only: a refusal is fast and would flatter them.
    private(set) var read = Tally.emptyLatencies()
    private(set) var write = Tally.emptyLatencies()
    private(set) var visible = Tally.emptyLatencies()
    private(set) var responses: UInt64 = 0
    private(set) var bytesReceived: UInt64 = 0
    private(set) var responsesByStatus: [Int: UInt64] = [:]
    private(set) var transportFailures: [TransportFailure: UInt64] = [:]
    /// Due while the queue was full, and never sent.
    var dropped: UInt64 = 0
    /// Times a reader did not see a post in time.
    var missed: UInt64 = 0
    /// Requests queued or on the wire when the measurement ended.
    var unfinished: UInt64 = 0

    var errors: UInt64 {
        let refused = responsesByStatus.reduce(0) { $0 + ((200..<300).contains($1.key) ? 0 : $1.value) }
        return transportFailures.values.reduce(refused, +) + dropped + missed
    }

    mutating func count(_ response: Response, to request: PendingRequest, at now: NIODeadline) {
        responses += 1
        responsesByStatus[response.status, default: 0] += 1
        guard response.isSuccess else { return }
        let latency = Self.microseconds(now - request.startedAt)
        switch request.kind {
        case .read: read.record(latency)
        case .write: write.record(latency)
        }
    }

    mutating func count(_ failure: TransportFailure) {
        transportFailures[failure, default: 0] += 1
    }

    mutating func count(bytes: Int) {
        bytesReceived += UInt64(bytes)
    }

    mutating func countVisible(after latency: TimeAmount) {
        visible.record(Self.microseconds(latency))
    }

    mutating func add(_ other: Tally) {
        read.add(other.read)
        write.add(other.write)
        visible.add(other.visible)
        responses += other.responses
        bytesReceived += other.bytesReceived
        responsesByStatus.merge(other.responsesByStatus, uniquingKeysWith: +)
        transportFailures.merge(other.transportFailures, uniquingKeysWith: +)
        dropped += other.dropped
        missed += other.missed
        unfinished += other.unfinished
    }

    private static func microseconds(_ amount: TimeAmount) -> UInt64 {
        min(UInt64(max(0, amount.nanoseconds) / 1000), latencyMaxMicroseconds)
    }

    private static func emptyLatencies() -> Latencies {
        Latencies(highestTrackableValue: latencyMaxMicroseconds)
    }
}
