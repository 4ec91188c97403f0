import Testing

@testable import Starling

@Suite struct SeededGraphTests {
    @Test("lines in the formats of the real data, with as heavy a tail")
    func lines() throws {
        let graph = SeededGraph(users: 5_000, edges: 10_000, activities: 5_000)
        let follows = Array(graph.followLines)
        let activities = Array(graph.activityLines)
        #expect(follows.count == 10_000)
        #expect(follows.allSatisfy { $0.wholeMatch(of: #/\d+ \d+ 1/#) != nil })
        #expect(activities.allSatisfy { $0.wholeMatch(of: #/\d+ \d+ 134\d{7} (RT|MT|RE)/#) != nil })
        let followees = Dictionary(grouping: follows) { $0.split(separator: " ")[1] }.values.map(\.count)
        #expect(followees.max() ?? 0 > 300)
        let times = activities.compactMap { Int($0.split(separator: " ")[2]) }
        #expect(times == times.sorted() && times.count == 5_000)
    }

    @Test("the same seed, the same graph")
    func seeded() {
        func lines(_ seed: UInt64) -> [String] {
            let graph = SeededGraph(users: 100, edges: 50, activities: 50, seed: seed)
            return Array(graph.followLines) + Array(graph.activityLines)
        }
        #expect(lines(1) == lines(1))
        #expect(lines(1) != lines(2))
    }
}
