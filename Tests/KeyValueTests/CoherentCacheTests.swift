import Synchronization
import Telemetry
import Testing
import TestSupport

@testable import KeyValue

@Suite struct CoherentCacheTests {
    struct Broken: Error, Equatable {}

    let registry = MetricsRegistry()

    func makeCache(costMax: Int = 100) -> CoherentCache<Int, String> {
        CoherentCache(name: "test", costMax: costMax, shardCount: 1, metrics: registry)
    }

    @Test("loads what is missing, once, and keeps it")
    func keeps() async throws {
        let cache = makeCache()
        let asked = Mutex<[[Int]]>([])
        let loader: @Sendable ([Int]) async throws -> [Int: String] = { keys in
            asked.withLock { $0.append(keys.sorted()) }
            return Dictionary(uniqueKeysWithValues: keys.filter { $0 != 9 }.map { ($0, "v\($0)") })
        }
        #expect(try await cache.load([1, 2, 1, 9], using: loader) == [1: "v1", 2: "v2"])
        #expect(try await cache.load([2, 3], using: loader) == [2: "v2", 3: "v3"])
        #expect(try await cache.load([1, 2, 3], using: loader).count == 3)
        #expect(asked.withLock { $0 } == [[1, 2, 9], [3]])
        #expect(cache.get(1) == "v1")
        #expect(cache.get(9) == nil)
        let text = registry.prometheusText()
        #expect(text.contains("starling_cache_hits_total{cache=\"test\"} 5\n"))
        #expect(text.contains("starling_cache_misses_total{cache=\"test\"} 5\n"))
    }

    @Test("one load per key is under way, and all who ask get its value")
    func oneLoad() async throws {
        let cache = makeCache()
        let executor = SteppingExecutor()
        let gate = Gate()
        let loads = (0..<5).map { _ in
            Task(executorPreference: executor) {
                try await cache.load([1]) { _ in
                    await gate.pass()
                    return [1: "v"]
                }
            }
        }
        executor.drain()
        #expect(cache.waiterCount(1) == 4)
        gate.open()
        executor.drain()
        for load in loads { #expect(try await load.value == [1: "v"]) }
        #expect(gate.arrivals == 1)
    }

    @Test(
        "what a load read before an invalidation is neither kept nor given to who asks after it",
        arguments: [
            "invalidate", "invalidateAll", "update", "outdate",
        ])
    func staleLoad(means: String) async throws {
        let cache = makeCache()
        let executor = SteppingExecutor()
        let gate = Gate()
        let before = Task(executorPreference: executor) {
            try await cache.load([1]) { _ in
                await gate.pass()
                return [1: "old"]
            }
        }
        executor.drain()
        switch means {
        case "invalidate": cache.invalidate(1)
        case "invalidateAll": cache.invalidateAll()
        case "outdate": #expect(!cache.outdate(1))
        default: cache.update(1) { $0 = "never there" }
        }
        let after = Task(executorPreference: executor) { try await cache.load([1]) { _ in [1: "new"] } }
        executor.drain()
        gate.open()
        executor.drain()
        #expect(try await before.value == [1: "old"])
        #expect(try await after.value == [1: "new"])
        #expect(cache.get(1) == "new")
    }

    @Test("what is outdated is left to who peeks, until it is loaded anew")
    func outdated() async throws {
        let cache = makeCache()
        cache.replace(1, with: "old")
        #expect(cache.outdate(1))
        cache.update(1) { $0 += "er" }
        #expect(cache.peek(1) == "older")
        #expect(cache.get(1) == nil)
        #expect(try await cache.load([1]) { _ in [1: "new"] } == [1: "new"])
        #expect(cache.peek(1) == "new")
        #expect(cache.get(1) == "new")
    }

    @Test("a failed load wakes all with its error and leaves the key free")
    func failure() async throws {
        let cache = makeCache()
        let executor = SteppingExecutor()
        let gate = Gate()
        let loads = (0..<3).map { _ in
            Task(executorPreference: executor) {
                try await cache.load([1]) { _ in
                    await gate.pass()
                    throw Broken()
                }
            }
        }
        executor.drain()
        gate.open()
        executor.drain()
        for load in loads { await #expect(throws: Broken()) { try await load.value } }
        #expect(try await cache.load([1]) { _ in [1: "v"] } == [1: "v"])
    }

    @Test("when the task that loads is cancelled, another of those who wait loads")
    func cancelledOwner() async throws {
        let cache = makeCache()
        let executor = SteppingExecutor()
        let gate = Gate()
        let owner = Task(executorPreference: executor) {
            try await cache.load([1]) { _ in
                await gate.pass()
                try Task.checkCancellation()
                return [1: "owner's"]
            }
        }
        executor.drain()
        let waiters = (0..<3).map { _ in
            Task(executorPreference: executor) { try await cache.load([1]) { _ in [1: "waiter's"] } }
        }
        executor.drain()
        owner.cancel()
        gate.open()
        executor.drain()
        await #expect(throws: CancellationError.self) { try await owner.value }
        for waiter in waiters { #expect(try await waiter.value == [1: "waiter's"]) }
    }

    @Test("one who waits and is cancelled stops waiting; the load goes on")
    func cancelledWaiter() async throws {
        let cache = makeCache()
        let executor = SteppingExecutor()
        let gate = Gate()
        let owner = Task(executorPreference: executor) {
            try await cache.load([1]) { _ in
                await gate.pass()
                return [1: "v"]
            }
        }
        executor.drain()
        let waiter = Task(executorPreference: executor) { try await cache.load([1]) { _ in [:] } }
        executor.drain()
        waiter.cancel()
        executor.drain()
        await #expect(throws: CancellationError.self) { try await waiter.value }
        gate.open()
        executor.drain()
        #expect(try await owner.value == [1: "v"])
    }

    @Test("an update changes what is held")
    func update() async throws {
        let cache = makeCache()
        _ = try await cache.load([1]) { _ in [1: "a"] }
        cache.update(1) { $0 += "b" }
        cache.update(2) { $0 += "b" }
        #expect(cache.get(1) == "ab")
        #expect(cache.get(2) == nil)
    }

    @Test("costs stay within the bound; what was not read lately goes first")
    func eviction() async throws {
        let cache = CoherentCache<Int, String>(name: "test", costMax: 10, shardCount: 1, metrics: registry) {
            $1.utf8.count
        }
        for key in 1...3 { _ = try await cache.load([key]) { _ in [key: "abc"] } }
        // Everything is new: the hand goes round once and takes the first.
        _ = try await cache.load([4]) { _ in [4: "abcd"] }
        _ = cache.get(3)
        _ = try await cache.load([5]) { _ in [5: "abc"] }
        #expect((1...5).map { cache.get($0) != nil } == [false, false, true, true, true])
        cache.update(4) { $0 = "longer than all" }
        #expect((1...5).map { cache.get($0) != nil } == [false, false, true, false, true])
        _ = try await cache.load([6]) { _ in [6: "longer than all"] }
        #expect(cache.get(6) == nil)
        #expect(cache.count == 2)
    }
}
