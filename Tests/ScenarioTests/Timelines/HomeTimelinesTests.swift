import Accounts
import Core
import TestSupport
import Testing
import Timelines

@Suite("Home timelines")
struct HomeTimelinesTests {
    private let alice = ID<Account>(1)
    private let clock = TestClock()

    private func timelines() -> HomeTimelines {
        HomeTimelines(timelinesMax: 640, clock: clock.wall)
    }

    private func whole(_ newestFirst: [Int64] = []) -> Timeline {
        Timeline(newestFirst: newestFirst.map { Position($0) }, isWhole: true, entriesMax: 5_000)
    }

    /// Begins a build and leaves it standing before its snapshot.
    private func begin(_ home: HomeTimelines, _ build: SteppedBuild) async -> Task<Void, any Error> {
        let task = Task { [alice] in
            try await home.ensure(alice) { await build.build() }
            await build.end()
        }
        _ = await build.next()
        return task
    }

    @Test("a delivery to a timeline that is not there creates nothing")
    func absent() {
        let home = timelines()
        #expect(home.deliver(Position(5), to: [1, 2]) == 0)
        home.backfill([Position(5)], completeFrom: .lowest, to: alice)
        home.remove([5], from: alice)
        #expect(home.count == 0)
        #expect(home.slice(of: alice, before: .highest, limit: 10) == nil)
    }

    @Test("what is delivered before and after the snapshot of a build is there in the end")
    func deliveriesDuringBuild() async throws {
        let home = timelines()
        let build = SteppedBuild { whole([30, 20]) }
        let task = await begin(home, build)
        _ = home.deliver(Position(25), to: [1])
        _ = await build.step()
        _ = home.deliver(Position(40), to: [1])
        #expect(home.timeline(of: alice) == nil)
        _ = await build.step()
        try await task.value
        #expect(home.timeline(of: alice)?.entries == [20, 25, 30, 40])
    }

    @Test(
        "a build that was overtaken is begun again",
        arguments: ["drop", "drop all", "long backfill", "too many deliveries"])
    func staleBuild(by what: String) async throws {
        let home = timelines()
        let build = SteppedBuild { whole([10]) }
        let task = await begin(home, build)
        _ = await build.step()
        switch what {
        case "drop": home.drop(alice)
        case "drop all": home.dropAll()
        case "long backfill": home.backfill([Position(7)], completeFrom: Position(7), to: alice)
        default: for position in Int64(1)...4_097 { _ = home.deliver(Position(position), to: [1]) }
        }
        #expect(await build.step() == .entered)
        #expect(await build.step() == .tookSnapshot)
        #expect(await build.step() == .ended)
        try await task.value
        #expect(await build.beginnings == 2)
        #expect(home.timeline(of: alice)?.entries == [10])
    }

    @Test("one build runs per owner, and the others wait for it")
    func oneBuildAtATime() async throws {
        let home = timelines()
        let build = SteppedBuild { whole([10]) }
        let first = await begin(home, build)
        let others = (0..<8).map { _ in
            Task { try await home.ensure(alice) { await build.build() } }
        }
        _ = await build.step()
        _ = await build.step()
        try await first.value
        for other in others { try await other.value }
        #expect(await build.beginnings == 1)
    }

    @Test("a build that fails leaves nothing behind, and the next begins anew")
    func failingBuild() async throws {
        struct StoreFailed: Error {}
        let home = timelines()
        await #expect(throws: StoreFailed.self) { try await home.ensure(alice) { throw StoreFailed() } }
        #expect(home.timeline(of: alice) == nil)
        try await home.ensure(alice) { whole([3]) }
        #expect(home.timeline(of: alice)?.entries == [3])
    }

    @Test("who has not read for thirty days is not pushed to, and is rebuilt on return")
    func inactiveReader() async throws {
        let home = timelines()
        try await home.ensure(alice) { whole([3]) }
        clock.step(30 * 86_400_000)
        #expect(home.deliver(Position(4), to: [1]) == 1)
        clock.step(1)
        #expect(home.deliver(Position(5), to: [1]) == 0)
        #expect(home.timeline(of: alice) == nil)
    }

    @Test("past the bound the timeline that was read longest ago goes")
    func eviction() async throws {
        // So few in each part that all of them are compared.
        let home = HomeTimelines(timelinesMax: 128, clock: clock.wall)
        for owner in Int64(1)...1_000 {
            clock.step(1)
            try await home.ensure(ID(owner)) { whole([3]) }
            _ = home.slice(of: alice, before: .highest, limit: 1)
        }
        #expect(home.count <= 128)
        #expect(home.timeline(of: alice) != nil, "alice reads all the time")
    }
}
