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
/// moment later, and in the next round at the latest.
package final class CounterReconciliation: Service, Sendable {
    private enum Place: Sendable {
        case accounts(above: Int64)
        case posts(above: Int64)
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
        let look = try await database.readStale { try Self.look(from: place, dialect, $0) }
        var mended = Mended(count: 0, ids: [], isInDoubt: false)
        if !look.wrong.isEmpty {
            let wrong = look.wrong
            mended = try await database.write { try Self.mend(wrong, from: place, dialect, $0) }
        }
        note(mended, of: place)
        return advance(from: place, to: look.next, isInDoubt: mended.isInDoubt)
    }

    private struct Look: Sendable {
        let wrong: [Int64]
        let next: Int64?
    }

    private static func look(from place: Place, _ dialect: Dialect, _ store: any SQLReader) throws -> Look {
        switch place {
        case .accounts(let above):
            let slice = CountedSlice(try AccountDrift.slice(above: above, store))
            return Look(wrong: try AccountDrift.missing(of: slice.ids, store).map(\.account), next: slice.next)
        case .posts(let above):
            let layout = PostLayout(dialect)
            let slice = CountedSlice(try PostDrift.slice(above: above, layout, store))
            return Look(
                wrong: try PostDrift.found(among: slice.ids, layout, store).map(\.post.rawValue), next: slice.next)
        }
    }

    private struct Mended: Sendable {
        let count: Int
        let ids: [Int64]
        let isInDoubt: Bool
    }

    private static func mend(
        _ wrong: [Int64], from place: Place, _ dialect: Dialect, _ store: any SQLWriter
    ) throws -> Mended {
        let layout = PostLayout(dialect)
        guard let doubt = try CountersInDoubt(layout: layout, store) else {
            return Mended(count: 0, ids: [], isInDoubt: true)
        }
        switch place {
        case .accounts:
            let found = try AccountDrift.missing(of: wrong, store)
            let sure = found.filter { !doubt.contains($0.account) }
            let count = try sure.isEmpty ? 0 : AccountDrift.repair(sure, store)
            return Mended(count: count, ids: sure.map(\.account), isInDoubt: sure.count < found.count)
        case .posts:
            let found = try PostDrift.found(among: wrong, layout, store)
            let sure = found.filter { drift in
                !doubt.contains(drift.post.rawValue) && !(drift.isCountedWrong && doubt.contains(drift.author))
            }
            if !sure.isEmpty { try PostDrift.repair(sure, dialect, store) }
            return Mended(
                count: sure.reduce(0) { $0 + $1.count }, ids: sure.map(\.post.rawValue),
                isInDoubt: sure.count < found.count)
        }
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
            case (.accounts, nil): state.place = .posts(above: 0)
            case (.posts, let next?): state.place = .posts(above: next)
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
