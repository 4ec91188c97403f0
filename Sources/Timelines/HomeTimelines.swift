import Accounts
import Core
import Metrics
import Synchronization
import Telemetry

/// The home timelines of those who read, in memory.
///
/// A timeline is built when its owner first reads. The build registers before it takes its snapshot of the store, and
/// deliveries that arrive meanwhile are merged in, so nothing falls between. A delivery to a timeline that is not there
/// does nothing: it must not create one that looks complete.
package final class HomeTimelines: Sendable {
    private struct Warm {
        var timeline: Timeline
        /// Milliseconds since 1970.
        var lastRead: Int64
    }

    private struct Build {
        var deliveries: [Position] = []
        var isStale = false
        var waiters: [CheckedContinuation<Void, any Error>] = []
    }

    private struct Shard {
        var warm: [Int64: Warm] = [:]
        var builds: [Int64: Build] = [:]
    }

    private final class Part: Sendable {
        let shard = Mutex(Shard())
    }

    private static let partCount = 64
    /// A build that misses more than this is begun again.
    private static let deliveriesDuringBuildMax = 4_096

    private let parts = (0..<partCount).map { _ in Part() }
    private let timelinesMax: Int
    private let clock: WallClock
    private let rebuilds = Counter(label: MetricName.timelineRebuilds)
    private let evictions = Counter(label: MetricName.timelineEvictions)

    /// - Parameter timelinesMax: the bound on timelines in memory; each takes at most about 7 KB.
    package init(timelinesMax: Int, clock: WallClock) {
        self.timelinesMax = timelinesMax
        self.clock = clock
    }

    private func part(of owner: Int64) -> Part {
        parts[Int(Bucket.mixed(UInt64(bitPattern: owner)) % UInt64(Self.partCount))]
    }

    // MARK: Reading

    /// What a reader takes from a timeline.
    package struct Slice: Sendable {
        /// The newest below the reader's cursor, oldest first.
        package let entries: [Int64]
        package let floor: Position
    }

    /// The newest `limit` entries below `before`, or nil where the timeline is not in memory. Never blocks.
    package func slice(of owner: ID<Account>, before: Position, limit: Int) -> Slice? {
        let now = clock.now()
        return part(of: owner.rawValue).shard.withLock { shard in
            guard let index = shard.warm.index(forKey: owner.rawValue) else { return nil }
            shard.warm.values[index].lastRead = now
            let timeline = shard.warm.values[index].timeline
            return Slice(entries: Array(timeline.page(before: before, limit: limit)), floor: timeline.floor)
        }
    }

    /// Owners of the timelines in memory.
    package func owners() -> [ID<Account>] {
        parts.flatMap { $0.shard.withLock { Array($0.warm.keys) } }.map { ID($0) }
    }

    /// The whole timeline, for `check`.
    package func timeline(of owner: ID<Account>) -> Timeline? {
        part(of: owner.rawValue).shard.withLock { $0.warm[owner.rawValue]?.timeline }
    }

    package var count: Int {
        parts.reduce(0) { sum, part in sum + part.shard.withLock { $0.warm.count } }
    }

    // MARK: Building

    /// Brings the timeline into memory; one build per owner runs at a time, others wait for it.
    package func ensure(
        _ owner: ID<Account>, build: @Sendable () async throws -> Timeline
    ) async throws {
        switch enter(owner) {
        case .warm: return
        case .building: try await waitForBuild(of: owner)
        case .mine: try await runBuild(of: owner, build)
        }
    }

    private enum Entry { case warm, building, mine }

    private func enter(_ owner: ID<Account>) -> Entry {
        part(of: owner.rawValue).shard.withLock { shard in
            if shard.warm[owner.rawValue] != nil { return .warm }
            if shard.builds[owner.rawValue] != nil { return .building }
            shard.builds[owner.rawValue] = Build()
            return .mine
        }
    }

    private func waitForBuild(of owner: ID<Account>) async throws {
        try await withCheckedThrowingContinuation { continuation in
            let ended = part(of: owner.rawValue).shard.withLock { shard -> Bool in
                guard shard.builds[owner.rawValue] != nil else { return true }
                shard.builds[owner.rawValue]?.waiters.append(continuation)
                return false
            }
            if ended { continuation.resume() }
        }
    }

    private func runBuild(of owner: ID<Account>, _ build: @Sendable () async throws -> Timeline) async throws {
        do {
            while true {
                let timeline = try await build()
                if let waiters = finish(owner, with: timeline) {
                    rebuilds.increment()
                    for waiter in waiters { waiter.resume() }
                    return
                }
            }
        } catch {
            let waiters = part(of: owner.rawValue).shard.withLock { shard in
                shard.builds.removeValue(forKey: owner.rawValue)?.waiters ?? []
            }
            for waiter in waiters { waiter.resume(throwing: error) }
            throw error
        }
    }

    /// - Returns: those who wait, or nil where the build was overtaken and has to start again.
    private func finish(
        _ owner: ID<Account>, with timeline: Timeline
    ) -> [CheckedContinuation<Void, any Error>]? {
        let now = clock.now()
        return part(of: owner.rawValue).shard.withLock { shard in
            guard let build = shard.builds[owner.rawValue] else { return [] }
            guard !build.isStale else {
                shard.builds[owner.rawValue]?.isStale = false
                shard.builds[owner.rawValue]?.deliveries = []
                return nil
            }
            shard.builds[owner.rawValue] = nil
            var timeline = timeline
            for position in build.deliveries { timeline.insert(position) }
            evictOne(from: &shard)
            shard.warm[owner.rawValue] = Warm(timeline: timeline, lastRead: now)
            return build.waiters
        }
    }

    /// Makes room by dropping the one longest unread of a few, which is close enough to the longest unread of all.
    private func evictOne(from shard: inout Shard) {
        guard shard.warm.count >= max(1, timelinesMax / Self.partCount) else { return }
        guard let oldest = shard.warm.prefix(16).min(by: { $0.value.lastRead < $1.value.lastRead }) else { return }
        shard.warm[oldest.key] = nil
        evictions.increment()
    }
}

// Deliveries, from fan-out only, in the order of the event log.
extension HomeTimelines {
    /// Adds one activity to each owner's timeline that is in memory.
    /// - Returns: how many timelines took it.
    package func deliver(_ position: Position, to owners: ArraySlice<Int64>) -> Int {
        let inactiveBefore = clock.now() - Limits.homeTimelineInactivityMax.components.seconds * 1000
        var delivered = 0
        for owner in owners {
            part(of: owner).shard.withLock { shard in
                if let index = shard.warm.index(forKey: owner) {
                    // Who has not read for so long is not pushed to: their timeline is rebuilt when they return.
                    if shard.warm.values[index].lastRead < inactiveBefore {
                        shard.warm.remove(at: index)
                    } else if shard.warm.values[index].timeline.insert(position) {
                        delivered += 1
                    }
                } else if !shard.builds.isEmpty {
                    Self.note([position], for: owner, in: &shard)
                }
            }
        }
        return delivered
    }

    /// Merges a new followee's posts, complete from `completeFrom` on.
    package func backfill(_ positions: [Position], completeFrom: Position, to owner: ID<Account>) {
        part(of: owner.rawValue).shard.withLock { shard in
            if let index = shard.warm.index(forKey: owner.rawValue) {
                shard.warm.values[index].timeline.merge(positions, completeFrom: completeFrom)
            } else if completeFrom == .lowest {
                Self.note(positions, for: owner.rawValue, in: &shard)
            } else {
                // The snapshot may lack this author altogether, and deliveries alone would leave a gap.
                shard.builds[owner.rawValue]?.isStale = true
            }
        }
    }

    /// Takes activities out, those of an unfollowed author or of posts that are gone for good.
    package func remove(_ positions: Set<Int64>, from owner: ID<Account>) {
        part(of: owner.rawValue).shard.withLock { shard in
            guard let index = shard.warm.index(forKey: owner.rawValue) else { return }
            shard.warm.values[index].timeline.remove(positions)
        }
    }

    /// Forgets one timeline; it is rebuilt when it is next read.
    package func drop(_ owner: ID<Account>) {
        part(of: owner.rawValue).shard.withLock { shard in
            shard.warm[owner.rawValue] = nil
            shard.builds[owner.rawValue]?.isStale = true
        }
    }

    /// Forgets every timeline.
    package func dropAll() {
        for part in parts {
            part.shard.withLock { shard in
                shard.warm = [:]
                for owner in shard.builds.keys { shard.builds[owner]?.isStale = true }
            }
        }
    }

    private static func note(_ positions: [Position], for owner: Int64, in shard: inout Shard) {
        guard let build = shard.builds[owner] else { return }
        if build.deliveries.count + positions.count > deliveriesDuringBuildMax {
            shard.builds[owner]?.isStale = true
        } else {
            shard.builds[owner]?.deliveries.append(contentsOf: positions)
        }
    }
}
