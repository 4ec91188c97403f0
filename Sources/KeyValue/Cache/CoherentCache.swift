import Core
import Synchronization
import Telemetry

/// A bounded cache that never hands out, to a call that starts after an invalidation, what was loaded before it.
///
/// - One load per key is under way at a time; others who ask for the key wait for it.
/// - `invalidate` and `update` make a load under way stale: those who wait already get its value, since they asked
///   before, but it is not stored, and who asks from then on begins a new load.
/// - So a writer that invalidates after its commit and before its answer keeps the promise that no later answer rests
///   on what it changed.
/// - `outdate` leaves the value to `peek`, whose callers may be a moment behind, and to nobody else.
/// - While the process's lease has lapsed, nothing is answered from memory, and no load joined or kept.
///
/// Entries that were not read lately are evicted once all costs add up to more than the bound.
@usableFromInline
package final class CoherentCache<Key: CacheKey, Value: Sendable>: Sendable {
    @usableFromInline typealias Part = Mutex<CacheShard<Key, Value>>

    /// Made with the cache and freed with it. Unsafe, because it counts no references; safe, because it never changes.
    @usableFromInline nonisolated(unsafe) let parts: UnsafeMutableBufferPointer<Part>
    @usableFromInline let seed: UInt64
    private let lease: CacheLease
    private let hits: Counter
    private let misses: Counter

    /// - Parameters:
    ///   - name: the label `cache` of the metrics of hits and misses.
    ///   - costMax: the bound on the sum of all costs. It is split evenly over the shards; what costs more than a
    ///     shard's part is not kept.
    ///   - lease: until when what is held may be handed out.
    ///   - cost: what an entry costs, such as its bytes; at least 1 is counted.
    package init(
        name: String,
        costMax: Int,
        shardCount: Int = Limits.shardCount,
        lease: CacheLease = .permanent,
        metrics: any MetricsFactory = MetricsSystem.factory,
        cost: @escaping @Sendable (Key, Value) -> Int = { _, _ in 1 }
    ) {
        let shardCount = max(1, shardCount)
        let seed = UInt64.random(in: .min ... .max)
        self.seed = seed
        self.lease = lease
        parts = .allocate(capacity: shardCount)
        for index in 0..<shardCount {
            parts.initializeElement(
                at: index, to: Part(CacheShard(costMax: max(1, costMax / shardCount), seed: seed, cost: cost)))
        }
        hits = Counter(label: MetricName.cacheHits, dimensions: [("cache", name)], factory: metrics)
        misses = Counter(label: MetricName.cacheMisses, dimensions: [("cache", name)], factory: metrics)
    }

    deinit {
        for index in parts.indices { parts[index].withLock { $0.entries.free() } }
        parts.deinitialize()
        parts.deallocate()
    }

    /// Entries held.
    package var count: Int {
        parts.indices.reduce(0) { sum, index in sum + parts[index].withLock { $0.count } }
    }

    /// What is held for `key`; nil begins no load.
    package func get(_ key: Key) -> Value? {
        let value = lease.isValid ? parts[place(of: key)].withLock { $0.value(key) } : nil
        if value == nil { misses.increment() } else { hits.increment() }
        return value
    }

    /// `get` for the hottest reads: misses are not counted, and looks in lots of `hitsPerReport`, since a
    /// counter that every core writes to costs more than the look-up. Nor is the lease asked: who answers from several
    /// caches asks it once.
    @inlinable
    package func peek(_ key: Key) -> Value? {
        peek(key) { $0.pointee }
    }

    /// What `body` makes of the value of `key`, where it is held. No copy of the value is made.
    /// - Parameter body: short, and it asks nothing of this cache; it runs under a lock, and the pointer is valid so long.
    @inlinable
    package func peek<Result>(_ key: Key, _ body: (UnsafePointer<Value>) -> Result) -> Result? {
        let hash = key.cacheHash(seed: seed)
        var isLotFull = false
        var result: Result?
        parts[Self.part(of: hash, among: parts.count)].withLock { shard in
            shard.unreportedHits &+= 1
            isLotFull = shard.unreportedHits & (Self.hitsPerReport - 1) == 0
            shard.entries.read(key, hash: hash) { entry in
                result = body(UnsafeRawPointer(entry).assumingMemoryBound(to: Value.self))
            }
        }
        if isLotFull { reportLot() }
        return result
    }

    /// A power of two.
    @usableFromInline static var hitsPerReport: Int { 256 }

    @usableFromInline
    func reportLot() {
        hits.increment(by: Self.hitsPerReport)
    }

    /// The values of `keys`, from memory, from loads under way, and for the rest from `loader`, called at most once.
    ///
    /// Keys missing from the loader's answer are missing here and are not remembered; to remember absence, make
    /// `Value` say it.
    /// - Throws: the loader's error, also to those who wait for it. If the task that loads is cancelled, those who
    ///   wait and are not cancelled themselves load anew.
    package func load(
        _ keys: [Key], using loader: @Sendable ([Key]) async throws -> [Key: Value]
    ) async throws -> [Key: Value] {
        guard lease.isValid else {
            misses.increment(by: keys.count)
            return try await loader(Array(Set(keys)))
        }
        var (found, missing) = held(keys)
        hits.increment(by: found.count)
        guard !missing.isEmpty else { return found }
        misses.increment(by: missing.count)
        while !missing.isEmpty {
            let (values, again) = try await fetch(missing, using: loader)
            found.merge(values) { $1 }
            missing = again
        }
        return found
    }

    /// Forgets `key`. Once this returns, no call that starts later gets a value loaded from before.
    package func invalidate(_ key: Key) {
        parts[place(of: key)].withLock { $0.invalidate(key) }
    }

    /// Forgets `key` where its value is stale, and what a load under way brings.
    /// - Parameter isStale: short; it runs under a lock.
    package func invalidate(_ key: Key, where isStale: (Value) -> Bool) {
        parts[place(of: key)].withLock { $0.invalidate(key, where: isStale) }
    }

    /// Forgets `key` but for `peek`, until it is loaded anew.
    /// - Returns: whether something is held.
    package func outdate(_ key: Key) -> Bool {
        parts[place(of: key)].withLock { $0.outdate(key) }
    }

    /// Stores what `key` stands for from now on, and makes a load of it that is under way stale.
    package func replace(_ key: Key, with value: Value) {
        parts[place(of: key)].withLock { $0.replace(key, with: value) }
    }

    /// Forgets every key.
    package func invalidateAll() {
        for index in parts.indices { parts[index].withLock { $0.invalidateAll() } }
    }

    /// Changes the value of `key` in place if it is held, and makes a load of it that is under way stale.
    /// - Parameter change: short and synchronous; it runs under a lock.
    package func update(_ key: Key, _ change: (inout Value) -> Void) {
        parts[place(of: key)].withLock { $0.update(key, change) }
    }

    /// Tasks that wait for another's load of `key`.
    func waiterCount(_ key: Key) -> Int {
        parts[place(of: key)].withLock { $0.flight(key) }?.waiterCount ?? 0
    }

    /// The upper half of the hash chooses the part, the lower half the place in it.
    @inlinable
    static func part(of hash: UInt64, among count: Int) -> Int {
        // The product of the upper 32 bits with the count, over 2³², is less than the count (Lemire, 2019).
        Int(truncatingIfNeeded: ((hash >> 32) &* UInt64(truncatingIfNeeded: count)) >> 32)
    }

    private func place(of key: Key) -> Int {
        Self.part(of: key.cacheHash(seed: seed), among: parts.count)
    }
}

// Loading
extension CoherentCache {
    private func held(_ keys: [Key]) -> (found: [Key: Value], missing: Set<Key>) {
        var found: [Key: Value] = [:]
        var missing: Set<Key> = []
        for key in keys where found[key] == nil {
            if let value = parts[place(of: key)].withLock({ $0.value(key) }) {
                found[key] = value
            } else {
                missing.insert(key)
            }
        }
        return (found, missing)
    }

    /// Loads what nobody loads yet and waits for the rest.
    /// - Returns: the values, and the keys whose load was cancelled by another task.
    private func fetch(
        _ keys: Set<Key>, using loader: @Sendable ([Key]) async throws -> [Key: Value]
    ) async throws -> (values: [Key: Value], again: Set<Key>) {
        let flight = Flight<Key, Value>()
        var values: [Key: Value] = [:]
        var owned: [Key] = []
        var joined: [(flight: Flight<Key, Value>, key: Key)] = []
        for key in keys {
            switch parts[place(of: key)].withLock({ $0.claim(key, for: flight) }) {
            case .held(let value): values[key] = value
            case .joined(let other): joined.append((other, key))
            case .owned: owned.append(key)
            }
        }
        // Before waiting for others, who may wait for these.
        if !owned.isEmpty { values.merge(try await fly(flight, for: owned, using: loader)) { $1 } }
        var again: Set<Key> = []
        for (other, key) in joined {
            do {
                values[key] = try await other.values()[key]
            } catch is CancellationError where !Task.isCancelled {
                again.insert(key)
            }
        }
        return (values, again)
    }

    private func fly(
        _ flight: Flight<Key, Value>, for keys: [Key], using loader: @Sendable ([Key]) async throws -> [Key: Value]
    ) async throws -> [Key: Value] {
        do {
            let values = try await loader(keys)
            settle(keys, of: flight, values: values)
            flight.land(.success(values))
            return values
        } catch {
            settle(keys, of: flight, values: [:])
            flight.land(.failure(error))
            throw error
        }
    }

    private func settle(_ keys: [Key], of flight: Flight<Key, Value>, values: [Key: Value]) {
        for key in keys {
            parts[place(of: key)].withLock { $0.settle(key, of: flight, value: values[key]) }
        }
    }
}
