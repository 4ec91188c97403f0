import Core
import Synchronization

extension HomeTimelines {
    /// One part of the timelines, behind one lock.
    struct Shard: ~Copyable {
        var warm: TimelineTable
        var builds: [Int64: Build] = [:]

        init(slab: TimelineSlab) {
            warm = TimelineTable(slab: slab)
        }

        /// - Returns: whether a timeline took it.
        mutating func deliver(_ delivery: Delivery, to owner: Int64) -> Bool {
            guard let slot = warm.find(owner) else {
                builds[owner]?.note([Position(delivery.position)])
                return false
            }
            guard slot.pointee.lastRead >= delivery.inactiveBefore else {
                warm.remove(owner)
                return false
            }
            return slot.pointee.insert(delivery.position, in: warm.slab)
        }

        /// What changes more than the end of a timeline is left to `Timeline`.
        mutating func change(_ slot: UnsafeMutablePointer<TimelineSlot>, _ body: (inout Timeline) -> Void) {
            var timeline = slot.pointee.timeline(in: warm.slab.memory)
            body(&timeline)
            slot.pointee.replace(with: timeline, in: warm.slab)
        }
    }

    final class Part: Sendable {
        let shard: Mutex<Shard>

        init(slab: TimelineSlab) {
            shard = Mutex(Shard(slab: slab))
        }
    }

    /// A timeline that is being read from the store, and what it would miss.
    struct Build {
        /// A build that misses more than this is begun again.
        private static let deliveriesMax = 4_096

        private(set) var deliveries: [Position] = []
        private(set) var isStale = false
        var waiters: [CheckedContinuation<Void, any Error>] = []

        mutating func note(_ positions: [Position]) {
            if deliveries.count + positions.count > Self.deliveriesMax {
                isStale = true
            } else {
                deliveries.append(contentsOf: positions)
            }
        }

        mutating func makeStale() {
            isStale = true
        }

        mutating func restart() {
            isStale = false
            deliveries = []
        }
    }
}
