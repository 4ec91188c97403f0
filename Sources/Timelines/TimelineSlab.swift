import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How many entries a block of the slab has room for. Each size is five times the one below, so what a timeline leaves
/// behind for others while it grows is less than it takes itself.
enum RingSize: UInt32, CaseIterable {
    case small, medium, full

    /// Entries of the largest block, and so the most that a home timeline in memory holds: as a literal what
    /// `Limits.homeTimelineEntriesMax` says, because every delivery asks for it.
    static var entriesMax: Int { 800 }

    var capacity: Int {
        // Calculated, not switched over: every delivery asks several times, and this is an eighth of its instructions.
        @inline(__always) get { (Self.entriesMax << 32 | 160 << 16 | 32) >> (16 &* Int(rawValue)) & 0xFFFF }
    }

    /// The smallest that holds so many entries.
    init(holding entries: Int) {
        precondition(entries <= Self.entriesMax)
        self = entries <= Self.small.capacity ? .small : entries <= Self.medium.capacity ? .medium : .full
    }
}

/// Names a block of a slab in 32 bits: where it begins, and its size.
struct RingBlock: Equatable {
    static var none: RingBlock { RingBlock(rawValue: 0) }
    static var unitsMax: Int { 1 << 30 }

    private let rawValue: UInt32

    private init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    init(unit: Int, size: RingSize) {
        precondition(unit > 0 && unit < Self.unitsMax)
        self.init(rawValue: UInt32(unit) << 2 | size.rawValue)
    }

    /// Where it begins, in units of the slab.
    var unit: Int {
        @inline(__always) get { Int(rawValue >> 2) }
    }

    var size: RingSize {
        @inline(__always) get { RingSize(rawValue: rawValue & 3) ?? .full }
    }
}

/// Where the blocks of a slab lie. Every address of an entry comes from `entries`, which checks that its block does.
///
/// `@unchecked Sendable`: it is one address and a length. A block belongs to the one part of the timelines that
/// allocated it, which touches it only under its own lock.
struct SlabMemory: @unchecked Sendable {
    /// The common divisor of all block sizes, a multiple of a cache line.
    static var unitBytes: Int { 256 }

    let base: UnsafeMutableRawPointer
    /// Blocks begin in these; behind them there is room for one more.
    let bytes: Int

    /// The `block.size.capacity` entries of a block.
    @inline(__always)
    func entries(of block: RingBlock) -> UnsafeMutablePointer<Int64> {
        let offset = block.unit &* Self.unitBytes
        precondition(offset < bytes)
        return (base + offset).assumingMemoryBound(to: Int64.self)
    }
}

/// The memory of all home timelines: one stretch of address space, of which only what was ever in use is backed by
/// memory, in huge pages where the system has them. A block that is given back is used again.
final class TimelineSlab: Sendable {
    private struct Allocation {
        /// The first unit that was never handed out; the unit 0 is no block.
        var nextUnit = 1
        /// Bytes backed by memory.
        var committed = 0
        var free: [[RingBlock]] = RingSize.allCases.map { _ in [] }
    }

    /// A huge page.
    private static var pageBytes: Int { 2 << 20 }
    private static var entryBytes: Int { MemoryLayout<Int64>.stride }
    /// What one timeline takes at most: a block of each size, where all are left behind for others but the last.
    static var timelineBytesMax: Int { RingSize.allCases.reduce(0) { $0 + $1.capacity } * entryBytes }
    /// The most timelines that a slab has names for.
    static var timelinesMax: Int { RingBlock.unitsMax / (timelineBytesMax / SlabMemory.unitBytes) - 1 }

    let memory: SlabMemory
    private let mapping: SlabMemory
    private let allocation = Mutex(Allocation())

    /// - Parameter timelinesMax: how many timelines there are at most at any one time.
    init(timelinesMax: Int) {
        precondition((1...Self.timelinesMax).contains(timelinesMax))
        let bytes = Self.pages(SlabMemory.unitBytes + timelinesMax * Self.timelineBytesMax)
        // For the alignment, and for a block that begins at the end.
        let mappingBytes = bytes + 2 * Self.pageBytes
        let address = mmap(nil, mappingBytes, PROT_NONE, MAP_PRIVATE | MAP_ANON | MAP_NORESERVE, -1, 0)
        guard let address, address != MAP_FAILED else {
            preconditionFailure("no \(mappingBytes) bytes of address space for home timelines")
        }
        mapping = SlabMemory(base: address, bytes: mappingBytes)
        memory = SlabMemory(base: address.alignedUp(toMultipleOf: Self.pageBytes), bytes: bytes)
        #if os(Linux)
            // Only advice: without huge pages it is slower, no more.
            _ = madvise(memory.base, memory.bytes, MADV_HUGEPAGE)
        #endif
    }

    deinit {
        munmap(mapping.base, mapping.bytes)
    }

    /// A block with room for `size.capacity` entries, of unspecified content.
    func allocate(_ size: RingSize) -> RingBlock {
        allocation.withLock { allocation in
            if let block = allocation.free[Int(size.rawValue)].popLast() { return block }
            let block = RingBlock(unit: allocation.nextUnit, size: size)
            allocation.nextUnit += size.capacity * Self.entryBytes / SlabMemory.unitBytes
            commit(allocation.nextUnit * SlabMemory.unitBytes, &allocation)
            return block
        }
    }

    func free(_ block: RingBlock) {
        precondition(block != .none)
        allocation.withLock { $0.free[Int(block.size.rawValue)].append(block) }
    }

    /// Backs the first `needed` bytes by memory.
    private func commit(_ needed: Int, _ allocation: inout Allocation) {
        precondition(needed <= memory.bytes, "more timelines than the slab was made for")
        guard needed > allocation.committed else { return }
        let pages = Self.pages(needed - allocation.committed)
        guard mprotect(memory.base + allocation.committed, pages, PROT_READ | PROT_WRITE) == 0 else {
            preconditionFailure("no memory for home timelines")
        }
        allocation.committed += pages
    }

    private static func pages(_ bytes: Int) -> Int { (bytes + pageBytes - 1) / pageBytes * pageBytes }
}
