import Core
import Testing

@testable import Timelines

@Suite("Sorted merge")
struct SortedMergeTests {
    private func merged(_ lists: [[Int64]], limit: Int = 100, notBelow floor: Int64 = 0) -> [Int64] {
        SortedMerge.newest(of: lists.map { $0[...] }, limit: limit, notBelow: floor).map(\.rawValue)
    }

    @Test("the newest of all lists come first, each once")
    func merging() {
        #expect(merged([[1, 4, 6], [2, 4, 5], []]) == [6, 5, 4, 2, 1])
        #expect(merged([[3], [3], [3]]) == [3])
        #expect(merged([]) == [])
        #expect(merged([[], []]) == [])
    }

    @Test(
        "it ends at the limit and at the floor", arguments: [(2, 0, [9, 8]), (9, 8, [9, 8]), (9, 10, []), (0, 0, [])])
    func bounds(limit: Int, floor: Int64, expected: [Int64]) {
        #expect(merged([[1, 8], [7, 9]], limit: limit, notBelow: floor) == expected)
    }

    @Test("it reads slices that do not begin at zero")
    func slices() {
        let numbers: [Int64] = [1, 2, 3, 4, 5, 6]
        let found = SortedMerge.newest(of: [numbers[2..<4], numbers[5..<6]], limit: 9, notBelow: 0)
        #expect(found.map(\.rawValue) == [6, 4, 3])
    }
}
