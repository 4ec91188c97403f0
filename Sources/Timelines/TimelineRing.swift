import CPrefetch

/// Activities in order of position, oldest first, in a ring in one block of a slab: adding the newest, which drops the
/// oldest where the ring is full, touches one or two cache lines.
///
/// Every entry is reached through `Cells`, `copy` or `fill`, which check their bounds.
struct TimelineRing {
    static var none: TimelineRing { TimelineRing(block: .none) }

    private(set) var block: RingBlock
    /// Where in the block the oldest entry lies.
    private var head: UInt16 = 0
    private var used: UInt16 = 0

    private init(block: RingBlock) {
        self.block = block
    }

    /// Takes a block and fills it with `entries`, which ascend.
    init(_ entries: ArraySlice<Int64>, in slab: TimelineSlab) {
        self.init(block: slab.allocate(RingSize(holding: entries.count)))
        fill(with: entries, in: slab.memory)
    }

    var count: Int { Int(used) }

    private var capacity: Int {
        @inline(__always) get { block.size.capacity }
    }

    /// The place in the block of the entry at `index`, counted from the oldest.
    @inline(__always)
    private func place(of index: Int) -> Int {
        let place = Int(head) &+ index
        return place < capacity ? place : place &- capacity
    }

    @inline(__always)
    private func cells(in memory: SlabMemory) -> Cells {
        Cells(entries: memory.entries(of: block), capacity: capacity)
    }

    /// The entries of the block, by their place in it.
    private struct Cells {
        let entries: UnsafeMutablePointer<Int64>
        let capacity: Int

        @inline(__always)
        func address(_ place: Int) -> UnsafeMutablePointer<Int64> {
            precondition(UInt(bitPattern: place) < UInt(bitPattern: capacity))
            return entries + place
        }

        subscript(place: Int) -> Int64 {
            @inline(__always) get { address(place).pointee }
            @inline(__always) nonmutating set { address(place).pointee = newValue }
        }
    }
}

// Reading.
extension TimelineRing {
    func entries(in memory: SlabMemory) -> [Int64] {
        [Int64](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            copy(0..<count, to: buffer, in: memory)
            initializedCount = count
        }
    }

    /// The places of the newest `limit` entries below `position`.
    func page(before position: Int64, limit: Int, in memory: SlabMemory) -> Range<Int> {
        let end = firstIndex(notBelow: position, in: memory)
        return max(0, end - max(0, limit))..<end
    }

    /// Copies a range of entries to the start of `buffer`.
    func copy(_ range: Range<Int>, to buffer: UnsafeMutableBufferPointer<Int64>, in memory: SlabMemory) {
        guard !range.isEmpty, let target = buffer.baseAddress else { return }
        precondition(range.lowerBound >= 0 && range.upperBound <= capacity && range.count <= buffer.count)
        let cells = cells(in: memory)
        let start = place(of: range.lowerBound)
        let untilWrap = min(range.count, capacity - start)
        target.initialize(from: cells.address(start), count: untilWrap)
        (target + untilWrap).initialize(from: cells.address(0), count: range.count - untilWrap)
    }

    /// Where the first entry stands that is not below `position`.
    private func firstIndex(notBelow position: Int64, in memory: SlabMemory) -> Int {
        let cells = cells(in: memory)
        if used == 0 || cells[place(of: count - 1)] < position { return count }
        var low = 0
        var high = count - 1
        while low < high {
            let middle = (low + high) >> 1
            if cells[place(of: middle)] < position { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Asks for the cache lines that adding the newest entry touches.
    @inline(__always)
    func prefetchEnd(in memory: SlabMemory) {
        // Behind the newest goes the new one, and then comes the oldest, if the ring is full.
        let newest = place(of: max(count, 1) &- 1)
        let entries = memory.entries(of: block)
        starling_prefetch(entries + newest)
        starling_prefetch(entries + (newest &+ 2 < capacity ? newest &+ 2 : 0))
    }
}

// Changing.
extension TimelineRing {
    /// Adds an entry, once, in its place; past `limit` the oldest goes.
    /// - Parameter floor: from where on the entries are complete; it rises when the oldest goes.
    /// - Returns: whether anything changed.
    @inline(__always)
    mutating func insert(_ position: Int64, limit: Int, floor: inout Int64, in slab: TimelineSlab) -> Bool {
        guard position >= floor else { return false }
        let capacity = capacity
        let cells = Cells(entries: slab.memory.entries(of: block), capacity: capacity)
        let isFull = count >= limit
        let newest = place(of: count &- 1)
        guard used > 0, isFull || count < capacity, cells[newest] < position else {
            return insertElsewhere(position, limit: limit, floor: &floor, in: slab)
        }
        cells[newest &+ 1 < capacity ? newest &+ 1 : 0] = position
        if isFull {
            let first = place(of: 1)
            head = UInt16(truncatingIfNeeded: first)
            floor = cells[first]
        } else {
            used &+= 1
        }
        return true
    }

    /// Adds an entry that is not the newest, or for which there is no room.
    @inline(never)
    private mutating func insertElsewhere(
        _ position: Int64, limit: Int, floor: inout Int64, in slab: TimelineSlab
    ) -> Bool {
        // Mostly it is the newest once more, and then nothing has to be searched.
        guard used == 0 || cells(in: slab.memory)[place(of: count - 1)] != position else { return false }
        var index = firstIndex(notBelow: position, in: slab.memory)
        guard index == count || cells(in: slab.memory)[place(of: index)] != position else { return false }
        let isFull = count >= limit
        if isFull, index == 0 {
            // It would be the oldest, and go at once.
            floor = cells(in: slab.memory)[place(of: 0)]
            return true
        }
        if isFull {
            removeFirst()
            index -= 1
        } else if count == capacity {
            grow(in: slab)
        }
        let cells = cells(in: slab.memory)
        used += 1
        for later in stride(from: count - 1, to: index, by: -1) {
            cells[place(of: later)] = cells[place(of: later - 1)]
        }
        cells[place(of: index)] = position
        if isFull { floor = cells[place(of: 0)] }
        return true
    }

    /// Takes `entries`, which ascend, in place of all it held.
    mutating func replace(with entries: ArraySlice<Int64>, in slab: TimelineSlab) {
        move(toRoomFor: entries.count, in: slab)
        fill(with: entries, in: slab.memory)
    }

    @inline(__always)
    private mutating func removeFirst() {
        precondition(used > 0)
        head = head &+ 1 < capacity ? head &+ 1 : 0
        used &-= 1
    }

    /// Goes to the next larger block.
    @inline(never)
    private mutating func grow(in slab: TimelineSlab) {
        let entries = entries(in: slab.memory)
        move(toRoomFor: count + 1, in: slab)
        fill(with: entries[...], in: slab.memory)
    }

    /// Goes to a block of the size for so many entries, without what it held.
    private mutating func move(toRoomFor entries: Int, in slab: TimelineSlab) {
        let size = RingSize(holding: entries)
        guard size != block.size else { return }
        slab.free(block)
        block = slab.allocate(size)
    }

    private mutating func fill(with entries: ArraySlice<Int64>, in memory: SlabMemory) {
        precondition(entries.count <= capacity)
        let target = memory.entries(of: block)
        entries.withUnsafeBufferPointer { source in
            if let first = source.baseAddress { target.initialize(from: first, count: source.count) }
        }
        head = 0
        used = UInt16(entries.count)
    }
}
