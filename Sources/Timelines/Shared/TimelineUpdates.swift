import Accounts
import Core
import Logging
import Metrics
import NIOCore
import SQL
import Synchronization
import Telemetry

/// Keeps the timelines in this process's memory in step with those in Redis, by what fan-out tells.
///
/// Memory is used only while nothing was missed. After a gap, or a message of a publisher not heard of before, every
/// timeline in memory is dropped and comes anew from Redis.
package final class TimelineUpdates: CommitObserver, Sendable {
    private struct State {
        var isFollowing = false
        /// The last message of each publisher.
        var sequences: [UInt64: UInt64] = [:]
        /// What the store said when following began, and then what fan-out told.
        var through: Int64 = 0
    }

    /// Publishers remembered; one is new with every start of a fan-out.
    private static let publishersMax = 1_024

    private let home: HomeTimelines
    private let state = Mutex(State())
    private let gaps = Counter(label: MetricName.timelineUpdateGaps)
    private let logger: Logger

    /// Registers itself with the database.
    package init(home: HomeTimelines, database: any Database, logger: Logger) {
        self.home = home
        self.logger = logger
        database.observe(self)
    }

    package func committed(_ changes: [Change]) {
        if changes.contains(where: { if case .timelinesDropped = $0 { true } else { false } }) { home.dropAll() }
    }

    /// Whether memory is in step.
    package var isFollowing: Bool { state.withLock { $0.isFollowing } }

    /// Everything up to this event log offset is in the timelines.
    package var through: Int64 {
        state.withLock { $0.through }
    }

    /// Messages arrive from now on.
    /// - Parameter through: what fan-out had done by then, by the store.
    package func began(through: Int64) {
        state.withLock { state in
            state.isFollowing = true
            state.sequences = [:]
            state.through = through
        }
        home.dropAll()
    }

    /// Messages may have been missed, and may be until `began`.
    package func broke() {
        let wasFollowing = state.withLock { state in
            defer { state.isFollowing = false }
            return state.isFollowing
        }
        guard wasFollowing else { return }
        gaps.increment()
        logger.warning("timeline updates interrupted; timelines are read from Redis")
        // After memory is out of use, so that what a build under way brings does not stay.
        home.dropAll()
    }

    package func received(_ message: ByteBuffer) {
        guard let update = TimelineUpdate(message) else {
            logger.error("timeline update not understood", metadata: ["bytes": "\(message.readableBytes)"])
            return
        }
        if !isNext(update) {
            gaps.increment()
            home.dropAll()
        }
        for part in update.parts {
            switch part.kind {
            case .delivered: _ = home.deliver(Position(part.position), to: part.owners[...])
            case .changed: for owner in part.owners { home.drop(ID(owner)) }
            }
        }
        if update.through > 0 { state.withLock { $0.through = max($0.through, update.through) } }
    }

    /// Whether nothing of its publisher was missed before this message.
    private func isNext(_ update: TimelineUpdate) -> Bool {
        state.withLock { state in
            if state.sequences.count >= Self.publishersMax { state.sequences = [:] }
            let last = state.sequences.updateValue(update.sequence, forKey: update.publisher)
            return last.map { $0 &+ 1 == update.sequence } ?? false
        }
    }
}
