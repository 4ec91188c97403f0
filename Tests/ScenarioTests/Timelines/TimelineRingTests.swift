import Core
import TestSupport
import Testing

@testable import Timelines

/// What a timeline in memory is to be: the newest of all entries, and from where on they are complete.
struct TimelineModel {
    private(set) var entries: [Int64]
    private(set) var floor: Int64
    private let limit: Int

    init(newestFirst: [Int64] = [], floor: Int64 = 0, limit: Int) {
        entries = newestFirst.reversed()
        self.floor = floor
        self.limit = limit
    }

    mutating func insert(_ position: Int64) {
        guard position >= floor, !entries.reversed().contains(position) else { return }
        entries.append(position)
        if entries.dropLast().last.map({ $0 > position }) == true { entries.sort() }
        trim()
    }

    mutating func merge(_ positions: [Int64], completeFrom: Int64) {
        floor = max(floor, completeFrom)
        entries = Set(entries + positions).filter { $0 >= floor }.sorted()
        trim()
    }

    mutating func remove(_ positions: Set<Int64>) {
        entries.removeAll { positions.contains($0) }
    }

    func page(before: Int64, limit: Int) -> [Int64] {
        Array(entries.filter { $0 < before }.suffix(limit))
    }

    private mutating func trim() {
        guard entries.count > limit else { return }
        entries = entries.suffix(limit)
        floor = entries.first ?? floor
    }
}

@Suite("Timelines in rings")
struct TimelineRingTests {
    private let slab = TimelineSlab(timelinesMax: 4)

    private func slot(_ entries: [Int64], limit: Int) -> TimelineSlot {
        let timeline = Timeline(entries: entries, floor: .lowest, entriesMax: limit)
        return TimelineSlot(owner: 1, timeline: timeline, lastRead: 0, in: slab)
    }

    private func entries(_ slot: TimelineSlot) -> [Int64] { slot.timeline(in: slab.memory).entries }

    @Test("the largest ring holds what a home timeline may hold, and a timeline takes at most 8 KB in all")
    func sizes() {
        #expect(RingSize.entriesMax == Limits.homeTimelineEntriesMax)
        #expect(MemoryLayout<TimelineSlot>.stride == 32)
        // A table may be little more than three eighths full.
        #expect(TimelineSlab.timelineBytesMax + 32 * 8 / 3 + 1 <= 8_192)
        for size in RingSize.allCases { #expect(size.capacity * 8 % SlabMemory.unitBytes == 0) }
    }

    @Test(
        "a timeline grows through all sizes and then drops its oldest", arguments: [1, 6, 32, 33, 160, 161, 800, 5_000])
    func growth(limit: Int) {
        var slot = slot([], limit: limit)
        let kept = min(limit, 800)
        for position in Int64(1)...2_000 {
            let isNew = slot.insert(position, in: slab)
            #expect(isNew)
        }
        #expect(entries(slot) == Array(Int64(2_001 - kept)...2_000))
        #expect(slot.floor == Position(Int64(2_001 - kept)))
    }

    @Test("of a timeline that is longer than its bound the newest are taken, and the floor tells so")
    func tooLong() {
        let long = slot(Array(1...50), limit: 40)
        #expect(entries(long) == Array(11...50))
        #expect(long.floor == Position(11))
    }

    @Test("an entry older than all of a full timeline raises the floor and no more")
    func olderThanAll() {
        var slot = slot([10, 20, 30], limit: 3)
        let changed = slot.insert(5, in: slab)
        let again = slot.insert(5, in: slab)
        #expect(changed && !again)
        #expect(entries(slot) == [10, 20, 30])
        #expect(slot.floor == Position(10))
    }

    @Test("over random steps it is the newest of a set, above a floor", arguments: 0..<24)
    func againstAModel(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let limit = [1, 2, 6, 31, 40, 160, 161, 800][seed % 8]
        var slot = slot([], limit: limit)
        var model = TimelineModel(limit: limit)
        var newest: Int64 = 1
        for step in 0..<3_000 {
            switch Int.random(in: 0..<20, using: &random) {
            case 0:
                let doomed = Set(model.entries.filter { _ in Int.random(in: 0..<4, using: &random) == 0 })
                var timeline = slot.timeline(in: slab.memory)
                timeline.remove(doomed)
                slot.replace(with: timeline, in: slab)
                model.remove(doomed)
            case 1..<5:
                let late = max(1, newest - Int64.random(in: 0...Int64(3 * limit), using: &random))
                model.insert(late)
                _ = slot.insert(late, in: slab)
            default:
                newest += Int64.random(in: 0...3, using: &random)
                model.insert(newest)
                _ = slot.insert(newest, in: slab)
            }
            guard step % 7 == 0 else { continue }
            let held = entries(slot)
            #expect(held == model.entries && slot.floor.rawValue == model.floor, "seed \(seed), step \(step)")
        }
        slot.free(in: slab)
    }
}

@Suite("Table of timelines")
struct TimelineTableTests {
    @Test("over random steps it is a dictionary, and all memory comes back", arguments: 0..<12)
    func againstADictionary(seed: Int) {
        var random = SeededGenerator(seed: seed)
        // A block too many would not fit.
        let slab = TimelineSlab(timelinesMax: 60)
        var table = TimelineTable(slab: slab)
        var model: [Int64: Int64] = [:]
        for step in Int64(1)...4_000 {
            let owner = Int64.random(in: 0..<60, using: &random)
            switch Int.random(in: 0..<(seed % 3 + 2), using: &random) {
            case 0:
                table.remove(owner)
                model[owner] = nil
            default:
                table.set(Timeline(entries: [step], floor: .lowest, entriesMax: 800), for: owner, lastRead: step)
                model[owner] = step
            }
            if step % 1_000 == 0 {
                table.removeAll()
                model = [:]
            }
            let held = (Int64(0)..<60).filter { table.find($0)?.pointee.lastRead != model[$0] }
            #expect(held.isEmpty, "seed \(seed), step \(step)")
            let count = table.count
            #expect(count == model.count)
        }
        let owners = table.owners
        #expect(Set(owners) == Set(model.keys))
    }

    @Test("of a few the longest unread is evicted, in the end each one")
    func eviction() throws {
        var table = TimelineTable(slab: TimelineSlab(timelinesMax: 100))
        for owner in Int64(1)...100 {
            table.set(Timeline(entries: [], floor: .lowest, entriesMax: 800), for: owner, lastRead: 1_000 - owner)
        }
        for left in (0..<100).reversed() {
            let evicted = table.ownerToEvict()
            let owner = try #require(evicted)
            // All are compared once there are few.
            let oldest = table.owners.max()
            if left < 16 { #expect(owner == oldest) }
            table.remove(owner)
            let count = table.count
            #expect(count == left)
        }
        let evicted = table.ownerToEvict()
        #expect(evicted == nil)
    }
}
