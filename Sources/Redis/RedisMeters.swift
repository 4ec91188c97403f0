import Telemetry

/// The client's metrics.
struct RedisMeters: Sendable {
    let batches: Counter
    let commands: Counter
    let connects: Counter
    let refreshes: Counter
    let gaps: Counter
    let breakersOpen: Meter
    let seconds: Telemetry.Timer
    private let failures: [RedisError.Code: Counter]
    private let redirects: [CommandRetry.Reason: Counter]

    init(_ factory: any MetricsFactory) {
        batches = Counter(label: MetricName.redisBatches, factory: factory)
        commands = Counter(label: MetricName.redisCommands, factory: factory)
        connects = Counter(label: MetricName.redisConnects, factory: factory)
        refreshes = Counter(label: MetricName.redisTopologyRefreshes, factory: factory)
        gaps = Counter(label: MetricName.redisSubscriptionGaps, factory: factory)
        breakersOpen = Meter(label: MetricName.redisBreakersOpen, factory: factory)
        seconds = Timer(label: MetricName.redisBatchSeconds, factory: factory)
        failures = Dictionary(
            uniqueKeysWithValues: RedisError.Code.allCases.map { code in
                let label = [("reason", code.rawValue)]
                return (code, Counter(label: MetricName.redisFailures, dimensions: label, factory: factory))
            })
        redirects = Dictionary(
            uniqueKeysWithValues: CommandRetry.Reason.allCases.map { reason in
                let label = [("kind", reason.rawValue)]
                return (reason, Counter(label: MetricName.redisRedirects, dimensions: label, factory: factory))
            })
    }

    func failed(_ code: RedisError.Code) { failures[code]?.increment() }
    func redirected(_ reason: CommandRetry.Reason, count: Int) { redirects[reason]?.increment(by: count) }
}
