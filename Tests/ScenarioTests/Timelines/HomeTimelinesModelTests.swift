import Accounts
import Core
import Synchronization
import TestSupport
import Testing
import Timelines

private final class Published: Sendable {
    let newest = Atomic<Int64>(0)
}

/// Many timelines at once, every one of them compared with a set and a floor.
@Suite("Home timelines, against a model")
struct HomeTimelinesModelTests {
    private static let owners = Int64(0)..<120
    private static let timelinesMax = 64
    private static let inactivityMax = Limits.homeTimelineInactivityMax.components.seconds * 1000

    @Test("deliveries, backfills, removals, evictions and absences in random order", arguments: 0..<12)
    func randomSteps(seed: Int) async throws {
        var random = SeededGenerator(seed: seed)
        let limit = [3, 40, 170, 800][seed % 4]
        let clock = TestClock()
        let home = HomeTimelines(timelinesMax: Self.timelinesMax, clock: clock.wall)
        var model: [Int64: TimelineModel] = [:]
        var lastRead: [Int64: Int64] = [:]
        for step in 1...600 {
            let newest = 10_000 + Int64(step) * 10
            let owner = Self.owners.randomElement(using: &random) ?? 1
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<40:
                try await build(owner, newest: newest, limit: limit, home, &model, &random)
                lastRead[owner] = clock.wall.now()
                let held = Set(home.owners().map(\.rawValue))
                #expect(held.count <= Self.timelinesMax && held.contains(owner))
                #expect(model.keys.count { !held.contains($0) } <= 1, "one goes for one that comes")
                model = model.filter { held.contains($0.key) }
            case 40..<85:
                let position = Int.random(in: 0..<6, using: &random) == 0 ? newest - 95 : newest
                let followers = Self.owners.filter { _ in Int.random(in: 0..<3, using: &random) > 0 }
                let inactiveBefore = clock.wall.now() - Self.inactivityMax
                _ = home.deliver(Position(position), to: followers.shuffled(using: &random)[...])
                for follower in followers {
                    if lastRead[follower, default: 0] < inactiveBefore { model[follower] = nil }
                    model[follower]?.insert(position)
                }
            case 85..<90:
                let added = (0..<40).map { newest - 7 * Int64($0) }
                let from = step % 2 == 0 ? added.last ?? 0 : 0
                home.backfill(added.map { Position($0) }, completeFrom: Position(from), to: ID(owner))
                model[owner]?.merge(added, completeFrom: from)
            case 90..<95:
                let doomed = Set((model[owner]?.entries ?? []).filter { $0 % 3 == 0 })
                home.remove(doomed, from: ID(owner))
                model[owner]?.remove(doomed)
            case 95..<97:
                home.drop(ID(owner))
                model[owner] = nil
            case 97: clock.step(Self.inactivityMax / 3)
            default:
                guard step % 5 == 0 else { break }
                home.dropAll()
                model = [:]
            }
            let before = newest - Int64.random(in: 0..<200, using: &random)
            let slice = home.slice(of: ID(owner), before: Position(before), limit: 20)
            if slice != nil { lastRead[owner] = clock.wall.now() }
            #expect(slice?.entries == model[owner]?.page(before: before, limit: 20))
            #expect(slice?.floor.rawValue == model[owner]?.floor)
            if step % 20 == 0 { compare(home, model, "seed \(seed), step \(step)") }
        }
    }

    private func build(
        _ owner: Int64, newest: Int64, limit: Int, _ home: HomeTimelines, _ model: inout [Int64: TimelineModel],
        _ random: inout SeededGenerator
    ) async throws {
        let count = Int.random(in: 0...limit, using: &random)
        let newestFirst = (0..<count).map { newest - 3 * Int64($0) }
        let isWhole = Bool.random(using: &random)
        try await home.ensure(ID(owner)) {
            Timeline(newestFirst: newestFirst.map { Position($0) }, isWhole: isWhole, entriesMax: limit)
        }
        guard model[owner] == nil else { return }
        let floor = isWhole ? 0 : newestFirst.last ?? 0
        model[owner] = TimelineModel(newestFirst: newestFirst, floor: floor, limit: limit)
    }

    private func compare(_ home: HomeTimelines, _ model: [Int64: TimelineModel], _ what: String) {
        #expect(home.count == model.count, "\(what)")
        for owner in Self.owners {
            let held = home.timeline(of: ID(owner))
            let isEqual =
                held?.entries == model[owner]?.entries && held?.floor.rawValue == model[owner]?.floor
            #expect(isEqual, "\(what), owner \(owner)")
        }
    }

    @Test("readers beside fan-out, builds and evictions see only ascending entries above the floor")
    func concurrently() async throws {
        let home = HomeTimelines(timelinesMax: 64, clock: TestClock().wall)
        let published = Published()
        let everyone = Array(Self.owners)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for position in Int64(1)...500 {
                    published.newest.store(position, ordering: .sequentiallyConsistent)
                    _ = home.deliver(Position(position), to: everyone[...])
                }
            }
            for seed in 0..<3 {
                group.addTask {
                    var random = SeededGenerator(seed: seed)
                    for _ in 0..<1_000 {
                        let owner = ID<Account>(Self.owners.randomElement(using: &random) ?? 1)
                        try await home.ensure(owner) {
                            // All posts so far; those that come while it is built are delivered to the build.
                            let count = published.newest.load(ordering: .sequentiallyConsistent)
                            let all = (0..<count).map { Position(count - $0) }
                            return Timeline(newestFirst: Array(all.prefix(50)), isWhole: count <= 50, entriesMax: 50)
                        }
                        guard let slice = home.slice(of: owner, before: .highest, limit: 50) else { continue }
                        let gaps = zip(slice.entries, slice.entries.dropFirst()).filter { $0 + 1 != $1 }
                        #expect(gaps.isEmpty)
                        #expect(slice.entries.first.map { $0 >= slice.floor.rawValue } ?? true)
                    }
                }
            }
            try await group.waitForAll()
        }
        for owner in home.owners() {
            let timeline = home.timeline(of: owner)
            #expect(timeline?.entries == Array(451...500))
        }
    }
}
