import Core
import Synchronization
import Telemetry

/// Rate limits in memory, by GCRA: one number per subject and rule, O(1) per charge.
///
/// Subjects are spread over shards. A request that charges several locks them in ascending order, looks at all of them
/// on the way down, and charges them on the way up if all allow it: no other request sees a half-made charge.
package final class MemoryRateLimiter: RateLimiter {
    final class Shard: Sendable {
        let tables = Mutex<[String: BucketTable]>([:])
    }

    /// One request on its way through the shards.
    private struct Attempt {
        let charges: [RateLimitCharge]
        let places: [Int]
        let now: Nanoseconds
        var backlogs: [Nanoseconds]

        var isAllowed: Bool {
            zip(charges, backlogs).allSatisfy { $0.rule.admits($1) }
        }
    }

    let shards: [Shard]
    let epoch: ContinuousClock.Instant
    /// Nil where this process shares its limits with no other.
    let bell: SettlementBell?
    private let subjectsPerTableMax: Int
    private let metrics: any MetricsFactory

    /// - Parameters:
    ///   - subjectsMax: subjects remembered per rule, over all shards.
    ///   - isShared: whether charges are kept until a `RateLimitSettlement` reports them.
    package init(
        subjectsMax: Int = Limits.rateLimitSubjectsMax,
        shardCount: Int = Limits.shardCount,
        epoch: ContinuousClock.Instant = .now,
        isShared: Bool = false,
        metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        shards = (0..<max(1, shardCount)).map { _ in Shard() }
        subjectsPerTableMax = max(1, subjectsMax / shards.count)
        self.epoch = epoch
        self.metrics = metrics
        bell = isShared ? SettlementBell() : nil
    }

    /// Subjects remembered, over all rules.
    package var subjectCount: Int {
        shards.reduce(0) { sum, shard in
            sum + shard.tables.withLock { tables in tables.values.reduce(0) { $0 + $1.count } }
        }
    }

    package func take(_ charges: [RateLimitCharge], at now: ContinuousClock.Instant) -> RateLimitDecision {
        if charges.count == 1 { return takeOne(charges[0], at: epoch.duration(to: now).nanoseconds) }
        var attempt = Attempt(
            charges: charges,
            places: charges.map { place(of: $0.subject) },
            now: epoch.duration(to: now).nanoseconds,
            backlogs: [Nanoseconds](repeating: 0, count: charges.count))
        settle(&attempt, shards: Set(attempt.places).sorted()[...])
        let decision = RateLimitDecision(charges, backlogs: attempt.backlogs)
        count(refusalsOf: decision)
        return decision
    }

    package func takeIfAllowed(
        _ charge: RateLimitCharge, at now: ContinuousClock.Instant
    ) -> RateLimitDecision.Standing? {
        let backlog = backlog(charge, at: epoch.duration(to: now).nanoseconds)
        return charge.rule.admits(backlog) ? .init(charge.rule, backlog: backlog, isAllowed: true) : nil
    }

    /// What most requests need: one lock, one look-up.
    private func takeOne(_ charge: RateLimitCharge, at now: Nanoseconds) -> RateLimitDecision {
        let decision = RateLimitDecision([charge], backlogs: [backlog(charge, at: now)])
        count(refusalsOf: decision)
        return decision
    }

    /// Charges if the rule lets it, and tells the backlog before.
    private func backlog(_ charge: RateLimitCharge, at now: Nanoseconds) -> Nanoseconds {
        shards[place(of: charge.subject)].tables.withLock { tables in
            tables[charge.rule.name, default: table(for: charge.rule)]
                .take(charge.subject, charge.rule, at: now)
        }
    }

    func place(of subject: RateLimitSubject) -> Int {
        Int(subject.hashValue.magnitude % UInt(shards.count))
    }

    private func table(for rule: RateLimitRule) -> BucketTable {
        BucketTable(rule, subjectsMax: subjectsPerTableMax, bell: bell)
    }

    private func settle(_ attempt: inout Attempt, shards places: ArraySlice<Int>) {
        guard let place = places.first else { return }
        shards[place].tables.withLock { tables in
            for index in attempt.charges.indices where attempt.places[index] == place {
                let charge = attempt.charges[index]
                attempt.backlogs[index] = tables[charge.rule.name, default: table(for: charge.rule)]
                    .backlog(of: charge.subject, at: attempt.now)
            }
            settle(&attempt, shards: places.dropFirst())
            guard attempt.isAllowed else { return }
            for index in attempt.charges.indices where attempt.places[index] == place {
                let charge = attempt.charges[index]
                tables[charge.rule.name]?.charge(charge.subject, charge.rule, at: attempt.now)
            }
        }
    }

    private func count(refusalsOf decision: RateLimitDecision) {
        guard !decision.isAllowed else { return }
        for standing in decision.standings where standing.retryAfterSeconds > 0 {
            Counter(label: MetricName.rateLimited, dimensions: [("rule", standing.rule.name)], factory: metrics)
                .increment()
        }
    }
}
