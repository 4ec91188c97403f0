import Core
import EventLog
import Logging
import Metrics
import Posts
import SQL
import ServiceLifecycle
import Synchronization
import Telemetry

/// Holds the counters of accounts and posts against the rows that they count, a few at a time, and sets right what differs.
///
/// A slice is looked at in a snapshot. Whatever differs there is looked at again, and set right, in one transaction, which leaves
/// out all that is named by an event that is not counted yet: the rows are ahead of its counter. That is looked at again a
/// moment later, and in the next round at the latest. So is what takes the store too long to count.
package final class CounterReconciliation: Service, Sendable {
    enum Place: Sendable {
        case accounts(above: Int64)
        /// Of those that were there when the round came to them.
        case posts(above: Int64, through: Int64)
    }

    private struct State {
        var place = Place.accounts(above: 0)
        var restsUntil: Int64
        /// How often a slice was looked at in which something was in doubt.
        var looks = 0
        /// Counters that were wrong in the last round.
        var before = 0
        /// And in this one.
        var found = 0
    }

    private let database: any Database
    /// Held by the process that does this; nil where there is only one.
    private let lease: WorkLease?
    private let clock: WallClock
    private let logger: Logger
    private let state: Mutex<State>
    private let drift: Gauge
    private let repaired: Counter

    package init(
        database: any Database, lease: WorkLease? = nil, clock: WallClock, logger: Logger,
        metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        self.database = database
        self.lease = lease
        self.clock = clock
        self.logger = logger
        state = Mutex(State(restsUntil: clock.now() + Limits.reconciliationDelayMilliseconds))
        drift = Gauge(label: MetricName.countersDrift, factory: metrics)
        repaired = Counter(label: MetricName.countersRepaired, factory: metrics)
        drift.record(0)
    }

    package func run() async throws {
        await Upkeep.run("reconcile counters", every: Limits.reconciliationPause, logger: logger) {
            guard lease == nil || lease?.epoch != nil else { return forget() }
            let now = clock.now()
            if state.withLock({ $0.restsUntil <= now }) { _ = try await step() }
        }
    }

    /// Another process goes on, and tells what it finds.
    private func forget() {
        let told = state.withLock { state in
            defer { (state.before, state.found) = (0, 0) }
            return state.before + state.found
        }
        if told > 0 { drift.record(0) }
    }

    /// Looks at everything without a pause.
    /// - Returns: how many counters were set right.
    @discardableResult
    package func round() async throws -> Int {
        while true {
            let isFinished = try await step()
            if isFinished { return state.withLock { $0.before } }
            try Task.checkCancellation()
        }
    }

    /// Looks at one slice.
    /// - Returns: whether it was the last one.
    private func step() async throws -> Bool {
        let place = state.withLock { $0.place }
        let dialect = database.dialect
        let slice = try await database.readStale { try Self.slice(from: place, dialect, $0) }
        var mended = Mended(count: 0, ids: [], isInDoubt: true)
        do {
            mended = try await look(at: slice, from: place)
        } catch let error as SQLError where error.code == .overloaded {
            logger.warning(
                "counters were not compared",
                metadata: ["first": "\(slice.ids.prefix(10))", LogKey.error: "\(error)"])
        }
        note(mended, of: place)
        return advance(from: place, to: slice.next, isInDoubt: mended.isInDoubt)
    }

    private func look(at slice: CountedSlice, from place: Place) async throws -> Mended {
        let dialect = database.dialect
        let wrong = try await database.readStale { try Self.wrong(in: slice, from: place, dialect, $0) }
        guard !wrong.isEmpty else { return Mended(count: 0, ids: [], isInDoubt: false) }
        return try await database.write { try Self.mend(wrong, from: place, dialect, $0) }
    }

    private func note(_ mended: Mended, of place: Place) {
        guard mended.count > 0 else { return }
        let total = state.withLock { state in
            state.found += mended.count
            return max(state.before, state.found)
        }
        drift.record(total)
        repaired.increment(by: mended.count)
        let kind = if case .accounts = place { "accounts" } else { "posts" }
        logger.warning(
            "counters were wrong, and were set right",
            metadata: [
                "of": "\(kind)", "counters": "\(mended.count)", "first": "\(mended.ids.prefix(10))",
            ])
    }

    private func advance(from place: Place, to next: Int64?, isInDoubt: Bool) -> Bool {
        let now = clock.now()
        let isFinished = state.withLock { state in
            state.looks += 1
            if isInDoubt, state.looks < Limits.reconciliationLooksMax { return false }
            state.looks = 0
            switch (place, next) {
            case (.accounts, let next?): state.place = .accounts(above: next)
            case (.accounts, nil):
                // Ids may be a little ahead of the clock.
                let last = Snowflake(unixMilliseconds: now + Limits.reconciliationDelayMilliseconds, bucket: 0, low: 0)
                state.place = .posts(above: 0, through: last.rawValue)
            case (.posts(_, let last), let next?): state.place = .posts(above: next, through: last)
            case (.posts, nil):
                state.place = .accounts(above: 0)
                (state.before, state.found) = (state.found, 0)
                state.restsUntil = now + Limits.reconciliationRestMilliseconds
                return true
            }
            return false
        }
        if isFinished { drift.record(state.withLock { $0.before }) }
        return isFinished
    }
}

extension Limits {
    /// Between one slice and the next.
    static let reconciliationPause: Duration = .seconds(1)
    /// Between the end of a round and the next.
    static let reconciliationRestMilliseconds: Int64 = 3_600_000
    /// From the start of a process, which has other things to do then.
    static let reconciliationDelayMilliseconds: Int64 = 60_000
    /// How often a slice in which something is in doubt is looked at before the next has its turn.
    static let reconciliationLooksMax = 5
}
