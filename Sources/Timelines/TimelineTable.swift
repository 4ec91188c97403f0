import CPrefetch
import Core

/// How timelines are found in a table that does not change meanwhile.
///
/// `@unchecked Sendable`: it is used only under the lock of the table's part, and not kept beyond.
struct TimelineLookup: @unchecked Sendable {
    fileprivate let slots: UnsafeMutablePointer<TimelineSlot>
    fileprivate let mask: Int

    /// Every slot is reached through here, so any number may be an index.
    @inline(__always)
    fileprivate func slot(_ index: Int) -> UnsafeMutablePointer<TimelineSlot> { slots + (index & mask) }

    /// Asks for the cache line where the search begins.
    @inline(__always)
    func prefetch(_ recipient: Recipient) {
        starling_prefetch(slot(recipient.home))
    }

    @inline(__always)
    func find(_ wanted: Recipient) -> UnsafeMutablePointer<TimelineSlot>? {
        var index = wanted.home
        while true {
            let slot = slot(index)
            if slot.pointee.owner == wanted.owner, !slot.pointee.isEmpty { return slot }
            if slot.pointee.isEmpty { return nil }
            index &+= 1
        }
    }
}

/// Warm timelines by their owner: open addressing with linear probing, so that finding one takes one cache line mostly.
/// Nothing is allocated before the first.
struct TimelineTable: ~Copyable {
    private static var slotsMin: Int { 16 }
    /// How many are compared to find one to evict.
    private static var candidatesMax: Int { 16 }

    let slab: TimelineSlab
    /// `mask + 1` of them, a power of two, at most three in four used.
    private var slots: UnsafeMutablePointer<TimelineSlot>
    private var mask: Int
    private(set) var count = 0
    /// Where the next search for one to evict begins.
    private var hand = 0

    init(slab: TimelineSlab) {
        self.slab = slab
        (slots, mask) = Self.allocate(1)
    }

    deinit {
        slots.deallocate()
    }

    private static func allocate(_ count: Int) -> (UnsafeMutablePointer<TimelineSlot>, mask: Int) {
        let slots =
            UnsafeMutableRawPointer
            .allocate(byteCount: count * MemoryLayout<TimelineSlot>.stride, alignment: 64)
            .bindMemory(to: TimelineSlot.self, capacity: count)
        slots.initialize(repeating: .empty, count: count)
        return (slots, count - 1)
    }

    var lookup: TimelineLookup { TimelineLookup(slots: slots, mask: mask) }

    private func slot(_ index: Int) -> UnsafeMutablePointer<TimelineSlot> { lookup.slot(index) }

    /// The timeline of an owner, until the next change of the table.
    func find(_ recipient: Recipient) -> UnsafeMutablePointer<TimelineSlot>? { lookup.find(recipient) }
    func find(_ owner: Int64) -> UnsafeMutablePointer<TimelineSlot>? { find(Recipient(owner)) }

    var owners: [Int64] { (0...mask).map { slot($0).pointee }.filter { !$0.isEmpty }.map(\.owner) }
}

// Changing.
extension TimelineTable {
    /// Adds a timeline, or replaces the owner's.
    mutating func set(_ timeline: Timeline, for owner: Int64, lastRead: Int64) {
        remove(owner)
        if (count + 1) * 4 > (mask + 1) * 3 { resize(to: max(Self.slotsMin, (mask + 1) * 2)) }
        place(TimelineSlot(owner: owner, timeline: timeline, lastRead: lastRead, in: slab))
        count += 1
    }

    private func place(_ new: TimelineSlot) {
        var index = Recipient(new.owner).home
        while !slot(index).pointee.isEmpty { index &+= 1 }
        slot(index).pointee = new
    }

    private mutating func resize(to capacity: Int) {
        let (old, oldMask) = (slots, mask)
        (slots, mask) = Self.allocate(capacity)
        for index in 0...oldMask where !old[index].isEmpty { place(old[index]) }
        old.deallocate()
    }

    /// Frees a timeline. Those behind it move up, so that none is cut off from its home by the gap.
    mutating func remove(_ owner: Int64) {
        guard let found = find(owner) else { return }
        found.pointee.free(in: slab)
        var gap = found - slots
        var index = gap + 1
        while !slot(index).pointee.isEmpty {
            let home = Recipient(slot(index).pointee.owner).home
            if (index &- home) & mask >= index - gap {
                slot(gap).pointee = slot(index).pointee
                gap = index
            }
            index += 1
        }
        slot(gap).pointee = .empty
        count -= 1
    }

    mutating func removeAll() {
        for index in 0...mask where !slot(index).pointee.isEmpty { slot(index).pointee.free(in: slab) }
        slots.deallocate()
        (slots, mask) = Self.allocate(1)
        count = 0
    }

    /// The longest unread of a few, which is close enough to the longest unread of all; of another few each time.
    mutating func ownerToEvict() -> Int64? {
        guard count > 0 else { return nil }
        var oldest = nextOccupied()
        for _ in 1..<min(max(count, 2), Self.candidatesMax) {
            let candidate = nextOccupied()
            if candidate.lastRead < oldest.lastRead { oldest = candidate }
        }
        return oldest.owner
    }

    private mutating func nextOccupied() -> TimelineSlot {
        repeat { hand = (hand + 1) & mask } while slot(hand).pointee.isEmpty
        return slot(hand).pointee
    }
}
