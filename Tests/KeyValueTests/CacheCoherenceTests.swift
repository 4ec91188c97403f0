import Synchronization
import Telemetry
import Testing
import TestSupport

@testable import KeyValue

/// Seeded schedules of loads, writes, failures and cancellations against a store of version numbers.
///
/// The rule under test: a call receives, for each key, at least the version that was the newest when the last
/// invalidation before the call's start returned.
@Suite struct CacheCoherenceTests {
    private static let keys = 0..<4

    private struct Interrupted: Error {}

    private struct State {
        /// What the store holds.
        var stored = [Int](repeating: 0, count: 4)
        /// What no later answer may go below.
        var floor = [Int](repeating: 0, count: 4)
        var failures: [String] = []
        var answers = 0
    }

    private final class World: Sendable {
        let cache = CoherentCache<Int, Int>(
            name: "test", costMax: 3, shardCount: 1, metrics: NOOPMetricsHandler.instance)
        let state = Mutex(State())

        /// One call, from start to answer.
        func call(_ keys: [Int], pauses: Int, fails: Bool) async {
            let floor = state.withLock { $0.floor }
            let answer = try? await cache.load(keys) { keys in
                for _ in 0..<pauses { await Task.yield() }
                let values = self.state.withLock { state in
                    Dictionary(uniqueKeysWithValues: keys.map { ($0, state.stored[$0]) })
                }
                for _ in 0..<pauses { await Task.yield() }
                try Task.checkCancellation()
                if fails { throw Interrupted() }
                return values
            }
            guard let answer else { return }
            state.withLock { state in
                state.answers += 1
                if Set(answer.keys) != Set(keys) { state.failures.append("asked \(keys), got \(answer)") }
                for (key, version) in answer where version < floor[key] {
                    state.failures.append("key \(key): version \(version) after \(floor[key])")
                }
            }
        }

        func write(_ key: Int) {
            state.withLock { $0.stored[key] += 1 }
        }

        /// Makes known to the cache what was written, in one of the three ways.
        func announce(_ key: Int, using generator: inout SeededGenerator) {
            let stored = state.withLock { $0.stored }
            switch Int.random(in: 0..<6, using: &generator) {
            case 0:
                cache.invalidateAll()
                state.withLock { $0.floor = stored }
            case 1, 2:
                cache.update(key) { $0 = stored[key] }
                state.withLock { $0.floor[key] = stored[key] }
            default:
                cache.invalidate(key)
                state.withLock { $0.floor[key] = stored[key] }
            }
        }

        /// What is held between calls is bound by the rule as well.
        func checkHeld() {
            for key in CacheCoherenceTests.keys {
                guard let version = cache.get(key) else { continue }
                state.withLock { state in
                    if version < state.floor[key] {
                        state.failures.append("key \(key) held at \(version) after \(state.floor[key])")
                    }
                }
            }
        }
    }

    @Test("no call gets what was loaded before an invalidation that it started after", arguments: 0..<300)
    func coherence(seed: Int) async {
        var generator = SeededGenerator(seed: seed)
        let world = World()
        let executor = SteppingExecutor()
        var calls: [Task<Void, Never>] = []
        for _ in 0..<200 {
            let key = Int.random(in: Self.keys, using: &generator)
            switch Int.random(in: 0..<10, using: &generator) {
            case 0, 1:
                let asked = Array(
                    Self.keys.shuffled(using: &generator).prefix(Int.random(in: 1...3, using: &generator)))
                let pauses = Int.random(in: 0...3, using: &generator)
                let fails = Int.random(in: 0..<8, using: &generator) == 0
                calls.append(
                    Task(executorPreference: executor) { await world.call(asked, pauses: pauses, fails: fails) })
            case 2: world.write(key)
            case 3: world.announce(key, using: &generator)
            case 4 where Bool.random(using: &generator): calls.randomElement(using: &generator)?.cancel()
            default: _ = executor.step(using: &generator)
            }
            world.checkHeld()
        }
        while executor.step(using: &generator) { world.checkHeld() }
        // Hangs here if a call was never woken.
        for call in calls { await call.value }
        let (failures, answers) = world.state.withLock { ($0.failures, $0.answers) }
        #expect(failures.isEmpty)
        #expect(answers > 0)
    }

    @Test("the rule holds on many threads")
    func threads() async {
        let world = World()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<4 {
                group.addTask {
                    var generator = SeededGenerator(seed: number)
                    for _ in 0..<500 {
                        let key = Int.random(in: Self.keys, using: &generator)
                        if number == 0 {
                            world.write(key)
                            world.cache.invalidate(key)
                            let stored = world.state.withLock { $0.stored[key] }
                            world.state.withLock { $0.floor[key] = stored }
                            await Task.yield()
                        } else {
                            await world.call([key, (key + 1) % 4], pauses: 1, fails: false)
                        }
                    }
                }
            }
        }
        #expect(world.state.withLock { $0.failures }.isEmpty)
    }
}
