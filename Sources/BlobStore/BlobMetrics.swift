import Telemetry

/// The measurements of one store.
struct BlobMetrics: Sendable {
    enum Operation: String {
        case put, get, head, delete, list, check
    }

    let factory: any MetricsFactory
    let retries: Counter
    let uploadsAborted: Counter
    let uploadsLeft: Counter
    private let bytesIn: Counter
    private let bytesOut: Counter

    init(_ factory: any MetricsFactory) {
        self.factory = factory
        retries = Counter(label: MetricName.blobRetries, factory: factory)
        uploadsAborted = Counter(label: MetricName.blobUploadsAborted, factory: factory)
        uploadsLeft = Counter(label: MetricName.blobUploadsLeft, factory: factory)
        bytesIn = Counter(label: MetricName.blobBytes, dimensions: [("direction", "in")], factory: factory)
        bytesOut = Counter(label: MetricName.blobBytes, dimensions: [("direction", "out")], factory: factory)
    }

    func measure<Result>(_ operation: Operation, _ body: () async throws -> Result) async throws -> Result {
        let start = ContinuousClock.now
        do {
            let result = try await body()
            report(operation, outcome: "ok", since: start)
            return result
        } catch {
            let outcome =
                (error as? BlobStoreError)?.code.rawValue ?? (error is CancellationError ? "cancelled" : "caller")
            report(operation, outcome: outcome, since: start)
            throw error
        }
    }

    func took(_ info: BlobInfo) { bytesIn.increment(by: info.length) }

    func gives(_ content: BlobContent) { bytesOut.increment(by: content.range.upperBound - content.range.lowerBound) }

    private func report(_ operation: Operation, outcome: String, since start: ContinuousClock.Instant) {
        let operation = ("operation", operation.rawValue)
        Counter(label: MetricName.blobRequests, dimensions: [operation, ("outcome", outcome)], factory: factory)
            .increment()
        let nanoseconds = (ContinuousClock.now - start) / .nanoseconds(1)
        Metrics.Timer(label: MetricName.blobSeconds, dimensions: [operation], factory: factory)
            .recordNanoseconds(Int64(nanoseconds))
    }
}
