import Core
import Synchronization

/// Adds one activity to a few timelines at a time, under the locks of all parts that hold them: it first asks for what
/// all of them will touch, so that the waits for memory overlap.
struct DeliveryRun {
    /// Owners delivered to under one lock: a reader waits for no more than these.
    static var ownersMax: Int { 128 }

    /// What is seen of a part while it is locked.
    private struct View {
        let lookup: TimelineLookup
        let isBuilding: Bool
    }

    private let slab: TimelineSlab
    private var views = [View?](repeating: nil, count: HomeTimelines.partCount)
    private var found = [UnsafeMutablePointer<TimelineSlot>?](repeating: nil, count: ownersMax)
    /// For whom more is to be done than adding an entry.
    private var leftover: [Recipient] = []

    init(slab: TimelineSlab) {
        self.slab = slab
    }

    /// - Parameter recipients: up to `ownersMax`, in the order of their parts.
    /// - Returns: how many timelines took it.
    mutating func deliver(
        _ delivery: Delivery, to recipients: ArraySlice<Recipient>, in parts: [HomeTimelines.Part]
    ) -> Int {
        guard let first = recipients.first, let last = recipients.last else { return 0 }
        var delivered = lock(first.part, last.part, of: parts) { run in
            run.find(recipients)
            return run.insert(delivery, recipients)
        }
        for recipient in leftover {
            delivered += parts[recipient.part].shard.withLock { $0.deliver(delivery, to: recipient.owner) } ? 1 : 0
        }
        leftover.removeAll(keepingCapacity: true)
        return delivered
    }

    /// Always in ascending order, so that two who lock several parts cannot wait for each other.
    private mutating func lock(
        _ part: Int, _ last: Int, of parts: [HomeTimelines.Part], _ body: (inout Self) -> Int
    ) -> Int {
        guard part <= last else { return body(&self) }
        return parts[part].shard.withLock { shard in
            views[part] = View(lookup: shard.warm.lookup, isBuilding: !shard.builds.isEmpty)
            defer { views[part] = nil }
            return lock(part + 1, last, of: parts, body)
        }
    }

    private mutating func find(_ recipients: ArraySlice<Recipient>) {
        for recipient in recipients { views[recipient.part]?.lookup.prefetch(recipient) }
        var index = 0
        for recipient in recipients {
            found[index] = views[recipient.part]?.lookup.find(recipient)
            index &+= 1
        }
        let memory = slab.memory
        for slot in found[..<index] { slot?.pointee.prefetchEnd(in: memory) }
    }

    private mutating func insert(_ delivery: Delivery, _ recipients: ArraySlice<Recipient>) -> Int {
        var delivered = 0
        var index = 0
        for recipient in recipients {
            if let slot = found[index] {
                if slot.pointee.lastRead < delivery.inactiveBefore {
                    leftover.append(recipient)
                } else if slot.pointee.insert(delivery.position, in: slab) {
                    delivered &+= 1
                }
            } else if views[recipient.part]?.isBuilding == true {
                leftover.append(recipient)
            }
            index &+= 1
        }
        return delivered
    }
}
