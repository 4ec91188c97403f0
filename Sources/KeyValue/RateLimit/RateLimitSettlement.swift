import Core
import Redis
import ServiceLifecycle
import Telemetry

/// Makes processes share their rate limits through Redis, behind the requests' backs.
///
/// Each process decides by its own `MemoryRateLimiter`, at once. Ten times a second, and sooner after a sixteenth of somebody's
/// limit, it reports what it charged and learns what all charged together. So no request waits for Redis, who spreads a
/// budget over processes is refused by each after its next report, and where Redis does not answer each process goes on
/// by what it knows. See docs/adr/0015.
package struct RateLimitSettlement: Service {
    private let limiter: MemoryRateLimiter
    private let redis: Redis
    private let time: Duration
    private let settled: Counter
    private let lost: Counter

    /// - Parameters:
    ///   - limiter: made with `isShared`.
    ///   - time: that Redis has for an answer.
    package init(
        of limiter: MemoryRateLimiter, through redis: Redis, within time: Duration = Limits.rateLimitSettlementTime,
        metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        self.limiter = limiter
        self.redis = redis
        self.time = time
        settled = Counter(label: MetricName.rateLimitReports, factory: metrics)
        lost = Counter(label: MetricName.rateLimitReportsLost, factory: metrics)
    }

    /// Settles until shutdown, and a last time after it.
    package func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await settleRepeatedly() }
        } catch is CancellationError {}
        await settle()
    }

    private func settleRepeatedly() async throws {
        var due = ContinuousClock.now + Limits.rateLimitSettlementPause
        while true {
            try await Task.sleep(for: Limits.rateLimitSettlementPauseMin)
            guard limiter.takesSettlement() || .now >= due else { continue }
            due = .now + Limits.rateLimitSettlementPause
            await settle()
        }
    }

    /// Reports what was charged since the last time, and learns. What does not get through is not sent again: the next
    /// report of the subject says how far ahead it is all the same.
    package func settle() async {
        let now = ContinuousClock.now
        var rest = limiter.takeReports(at: now)[...]
        while !rest.isEmpty {
            let reports = rest.prefix(Limits.rateLimitReportsMax)
            do { try await send(reports, at: now) } catch {
                // The client logs and counts that Redis does not answer.
                lost.increment(by: rest.count)
                return
            }
            rest = rest.dropFirst(reports.count)
        }
    }

    private func send(_ reports: ArraySlice<RateLimitReport>, at now: ContinuousClock.Instant) async throws {
        var batch = RedisBatch(capacity: reports.count * 192)
        batch.deadline = time
        batch.acceptsPartialReplies = true
        for report in reports { RateLimitScript.append(report, to: &batch) }
        for (report, reply) in zip(reports, try await redis.send(batch)) {
            do {
                let microseconds = try reply.integer() ?? 0
                // Bounded before it is multiplied.
                let backlog = min(max(0, microseconds), report.rule.sharedBacklogMax / 1_000) * 1_000
                limiter.learn(backlog, of: report, at: now)
                settled.increment()
            } catch {
                lost.increment()
            }
        }
    }
}
