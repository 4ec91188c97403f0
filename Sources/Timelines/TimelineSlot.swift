import Core

/// A warm timeline as it lies in its table: 32 bytes, two to a cache line.
struct TimelineSlot {
    static var empty: TimelineSlot { TimelineSlot() }

    let owner: Int64
    /// From here on the ring is complete.
    private var floorValue: Int64 = 0
    /// Milliseconds since 1970 in the upper 48 bits, the most entries in the lower 16.
    private var lastReadAndLimit: Int64 = 0
    private var ring = TimelineRing.none

    private init() {
        owner = 0
    }

    /// Takes over the newest entries of a timeline.
    init(owner: Int64, timeline: Timeline, lastRead: Int64, in slab: TimelineSlab) {
        self.owner = owner
        lastReadAndLimit = Int64(min(max(1, timeline.entriesMax), RingSize.entriesMax))
        let entries = timeline.entries.suffix(limit)
        ring = TimelineRing(entries, in: slab)
        self.lastRead = lastRead
        floorValue = Self.floor(of: timeline, holding: entries)
    }

    @inline(__always)
    var isEmpty: Bool { ring.block == .none }
    var floor: Position { Position(floorValue) }
    @inline(__always)
    private var limit: Int { Int(lastReadAndLimit & 0xFFFF) }

    /// Milliseconds since 1970.
    var lastRead: Int64 {
        @inline(__always) get { lastReadAndLimit >> 16 }
        set { lastReadAndLimit = newValue << 16 | lastReadAndLimit & 0xFFFF }
    }

    func timeline(in memory: SlabMemory) -> Timeline {
        Timeline(entries: ring.entries(in: memory), floor: floor, entriesMax: limit)
    }

    mutating func replace(with timeline: Timeline, in slab: TimelineSlab) {
        let entries = timeline.entries.suffix(limit)
        ring.replace(with: entries, in: slab)
        floorValue = Self.floor(of: timeline, holding: entries)
    }

    func free(in slab: TimelineSlab) {
        slab.free(ring.block)
    }

    /// Copies as many of the newest entries below `before` as there is room for, oldest first.
    /// - Returns: how many.
    func copyPage(before: Position, to buffer: UnsafeMutableBufferPointer<Int64>, in memory: SlabMemory) -> Int {
        let page = ring.page(before: before.rawValue, limit: buffer.count, in: memory)
        ring.copy(page, to: buffer, in: memory)
        return page.count
    }

    @inline(__always)
    func prefetchEnd(in memory: SlabMemory) {
        ring.prefetchEnd(in: memory)
    }

    /// Adds an activity, once. One below the floor is the store's to tell of.
    /// - Returns: whether the timeline changed.
    @inline(__always)
    mutating func insert(_ position: Int64, in slab: TimelineSlab) -> Bool {
        ring.insert(position, limit: limit, floor: &floorValue, in: slab)
    }

    private static func floor(of timeline: Timeline, holding entries: ArraySlice<Int64>) -> Int64 {
        guard entries.count < timeline.entries.count, let oldest = entries.first else { return timeline.floor.rawValue }
        return oldest
    }
}
