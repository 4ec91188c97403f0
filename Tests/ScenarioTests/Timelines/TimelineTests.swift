import Core
import TestSupport
import Testing

@testable import Timelines

@Suite("Timeline")
struct TimelineTests {
    private func timeline(_ newestFirst: [Int64], isWhole: Bool = false, max: Int = 100) -> Timeline {
        Timeline(newestFirst: newestFirst.map { Position($0) }, isWhole: isWhole, entriesMax: max)
    }

    private func expectInsertion(of position: Int64, into timeline: inout Timeline, _ expected: Bool) {
        let changed = timeline.insert(Position(position))
        #expect(changed == expected, "\(position)")
    }

    @Test("its floor is its oldest entry, or the lowest there is when it is whole")
    func floor() {
        #expect(timeline([30, 20, 10]).floor == Position(10))
        #expect(timeline([30, 20, 10], isWhole: true).floor == .lowest)
        #expect(timeline([]).floor == .lowest)
    }

    @Test("an entry takes its place, once", arguments: [5, 10, 15, 20, 35, 40] as [Int64])
    func insertion(position: Int64) {
        var timeline = timeline([40, 30, 20, 10], isWhole: true)
        let isNew = ![10, 20, 30, 40].contains(position)
        expectInsertion(of: position, into: &timeline, isNew)
        expectInsertion(of: position, into: &timeline, false)
        #expect(timeline.entries == Set([10, 20, 30, 40, position]).sorted())
    }

    @Test("what lies below the floor is the store's to tell of")
    func belowTheFloor() {
        var timeline = timeline([30, 20])
        expectInsertion(of: 19, into: &timeline, false)
        #expect(timeline.entries == [20, 30])
        expectInsertion(of: 20, into: &timeline, false)
        expectInsertion(of: 21, into: &timeline, true)
    }

    @Test("a trim drops the oldest and raises the floor in the same step")
    func trim() {
        var timeline = timeline([], isWhole: true, max: 32)
        for position in Int64(1)...34 { timeline.insert(Position(position)) }
        #expect(timeline.entries.count == 34, "the slack of a sixteenth is used")
        #expect(timeline.floor == .lowest)
        timeline.insert(Position(35))
        #expect(timeline.entries == Array(4...35))
        #expect(timeline.floor == Position(4))
        expectInsertion(of: 3, into: &timeline, false)
    }

    @Test("an entry inserted below all others of a full timeline is trimmed, and the floor tells so")
    func lateEntry() {
        var timeline = timeline([4, 3, 2], isWhole: true, max: 3)
        timeline.insert(Position(1))
        #expect(timeline.entries == [2, 3, 4])
        #expect(timeline.floor == Position(2))
    }

    @Test("merging what is complete from a place on makes the whole complete from there on only")
    func merge() {
        var timeline = timeline([50, 30, 10], isWhole: true)
        timeline.merge([Position(40), Position(20)], completeFrom: Position(20))
        #expect(timeline.entries == [20, 30, 40, 50])
        #expect(timeline.floor == Position(20))
    }

    @Test("merging what is whole keeps the floor, and takes nothing below it")
    func mergeOfWhole() {
        var timeline = timeline([50, 30])
        timeline.merge([Position(40), Position(20)], completeFrom: .lowest)
        #expect(timeline.entries == [30, 40, 50])
        #expect(timeline.floor == Position(30))
    }

    @Test("merging above everything held leaves only what was merged")
    func mergeAbove() {
        var timeline = timeline([3, 2, 1], isWhole: true)
        timeline.merge([Position(9), Position(8)], completeFrom: Position(8))
        #expect(timeline.entries == [8, 9])
        #expect(timeline.floor == Position(8))
    }

    @Test("removing keeps the floor: it is still complete from there on")
    func removal() {
        var timeline = timeline([30, 20, 10])
        timeline.remove([10, 20, 99])
        #expect(timeline.entries == [30])
        #expect(timeline.floor == Position(10))
    }

    @Test(
        "a page is the newest below the cursor, oldest first",
        arguments: [
            (Int64.max, 2, [30, 40]), (40, 2, [20, 30]), (35, 10, [10, 20, 30]), (10, 5, []), (11, 5, [10]),
            (.max, 0, []),
        ] as [(Int64, Int, [Int64])])
    func page(before: Int64, limit: Int, expected: [Int64]) {
        #expect(Array(timeline([40, 30, 20, 10]).page(before: Position(before), limit: limit)) == expected)
    }

    @Test("over random steps it is what a set with a floor would be", arguments: 0..<20)
    func againstASet(seed: Int) {
        var random = SeededGenerator(seed: seed)
        let max = 20
        var timeline = timeline([], isWhole: true, max: max)
        var all: Set<Int64> = []
        for _ in 0..<400 {
            let positions = (0..<Int64.random(in: 1...8, using: &random)).map { _ in
                Int64.random(in: 1...500, using: &random)
            }
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                timeline.remove(Set(positions))
                all.subtract(positions)
            case 1:
                // What lies below the place from which the merged are complete is lost to the model, too.
                let place = positions.min() ?? 1
                timeline.merge(positions.map { Position($0) }, completeFrom: Position(place))
                all = all.filter { $0 >= place }.union(positions)
            default:
                for position in positions { timeline.insert(Position(position)) }
                all.formUnion(positions)
            }
            all = all.filter { $0 >= timeline.floor.rawValue }
            #expect(timeline.entries == all.sorted())
            #expect(timeline.entries.count <= max + max / 16)
        }
    }
}
