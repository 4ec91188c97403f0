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
    /// Parts with a lock each, a power of two; few, because a delivery to some tens of followers locks all of them.
    static var partCount: Int { 4 }

    let parts: [Part]
    let timelinesMaxOfPart: Int
    let deliveries: Mutex<Deliveries>
    let clock: WallClock
    let rebuilds = Counter(label: MetricName.timelineRebuilds)
    let evictions = Counter(label: MetricName.timelineEvictions)

    /// - Parameter timelinesMax: the bound on timelines in memory; each takes at most about 7 KB.
    package init(timelinesMax: Int, clock: WallClock) {
        let timelinesMaxOfPart = max(1, min(timelinesMax, TimelineSlab.timelinesMax) / Self.partCount)
        let slab = TimelineSlab(timelinesMax: timelinesMaxOfPart * Self.partCount)
        parts = (0..<Self.partCount).map { _ in Part(slab: slab) }
        deliveries = Mutex(Deliveries(run: DeliveryRun(slab: slab)))
        self.timelinesMaxOfPart = timelinesMaxOfPart
        self.clock = clock
    }

    func part(of owner: ID<Account>) -> Part { parts[Recipient(owner.rawValue).part] }

    // MARK: Reading

    /// What a reader takes from a timeline.
    package struct Slice: Sendable {
        /// The newest below the reader's cursor, oldest first.
        package let entries: [Int64]
        package let floor: Position
    }

    /// The newest `limit` entries below `before`, or nil where the timeline is not in memory. Never blocks.
    package func slice(of owner: ID<Account>, before: Position, limit: Int) -> Slice? {
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: max(0, min(limit, RingSize.entriesMax))) { buffer in
            copySlice(of: owner, before: before, to: buffer).map { count, floor in
                Slice(entries: Array(buffer[..<count]), floor: floor)
            }
        }
    }

    /// The same into memory of the caller, as many entries as there is room for, without an allocation.
    /// - Returns: how many entries, and the floor.
    package func copySlice(
        of owner: ID<Account>, before: Position, to buffer: UnsafeMutableBufferPointer<Int64>
    ) -> (count: Int, floor: Position)? {
        let now = clock.now()
        let recipient = Recipient(owner.rawValue)
        return parts[recipient.part].shard.withLock { shard in
            guard let slot = shard.warm.find(recipient) else { return nil }
            slot.pointee.lastRead = now
            let count = slot.pointee.copyPage(before: before, to: buffer, in: shard.warm.slab.memory)
            return (count, slot.pointee.floor)
        }
    }

    /// Owners of the timelines in memory.
    package func owners() -> [ID<Account>] {
        parts.flatMap { $0.shard.withLock { $0.warm.owners } }.map { ID($0) }
    }

    /// The whole timeline, for `check`.
    package func timeline(of owner: ID<Account>) -> Timeline? {
        part(of: owner).shard.withLock { shard in
            shard.warm.find(owner.rawValue)?.pointee.timeline(in: shard.warm.slab.memory)
        }
    }

    package var count: Int {
        parts.reduce(0) { sum, part in sum + part.shard.withLock { $0.warm.count } }
    }
}
