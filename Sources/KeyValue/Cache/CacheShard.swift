import Core

/// One part of a cache: what it holds, and the loads under way that may still store into it.
///
/// A load that is not in `flights` any more is stale: what it brings is not stored, and nobody new waits for it.
@usableFromInline
struct CacheShard<Key: CacheKey, Value: Sendable>: Sendable {
    enum Claim: Sendable {
        /// Somebody stored it meanwhile.
        case held(Value)
        /// Another's load brings it.
        case joined(Flight<Key, Value>)
        /// The claimant loads it.
        case owned
    }

    @usableFromInline
    struct Entry: Sendable {
        /// First, so that it stands where the entry does.
        @usableFromInline var value: Value
        @usableFromInline var cost: Int32
        /// Something newer is known to be there; only who may be a moment behind is still given this.
        @usableFromInline var isOutdated = false
    }

    private let costMax: Int
    private let cost: @Sendable (Key, Value) -> Int
    @usableFromInline var entries: ClockMap<Key, Entry>
    private var flights: [Key: Flight<Key, Value>] = [:]
    private(set) var totalCost = 0
    @usableFromInline var unreportedHits = 0

    init(costMax: Int, seed: UInt64, cost: @escaping @Sendable (Key, Value) -> Int) {
        self.costMax = costMax
        self.cost = cost
        entries = ClockMap(seed: seed)
    }

    var count: Int { entries.count }

    mutating func value(_ key: Key) -> Value? {
        guard let entry = entries.read(key), !entry.isOutdated else { return nil }
        return entry.value
    }

    func flight(_ key: Key) -> Flight<Key, Value>? {
        flights[key]
    }

    /// Decides, for a key that was not there, who loads it.
    mutating func claim(_ key: Key, for flight: Flight<Key, Value>) -> Claim {
        if let value = value(key) { return .held(value) }
        if let other = flights[key] { return .joined(other) }
        flights[key] = flight
        return .owned
    }

    /// Ends a load's hold on a key, and stores what it brought unless it went stale.
    mutating func settle(_ key: Key, of flight: Flight<Key, Value>, value: Value?) {
        guard flights[key] === flight else { return }
        flights[key] = nil
        if let value { store(value, forKey: key) }
    }

    mutating func invalidate(_ key: Key) {
        flights[key] = nil
        if let removed = entries.remove(key) { totalCost -= Int(removed.cost) }
    }

    mutating func invalidate(_ key: Key, where isStale: (Value) -> Bool) {
        flights[key] = nil
        if let held = entries.read(key)?.value, isStale(held) { invalidate(key) }
    }

    /// - Returns: whether something is held.
    mutating func outdate(_ key: Key) -> Bool {
        flights[key] = nil
        guard var entry = entries.read(key) else { return false }
        entry.isOutdated = true
        entries.insert(entry, forKey: key)
        return true
    }

    mutating func replace(_ key: Key, with value: Value) {
        flights[key] = nil
        store(value, forKey: key)
    }

    mutating func invalidateAll() {
        flights.removeAll()
        entries.removeAll()
        totalCost = 0
    }

    mutating func update(_ key: Key, _ change: (inout Value) -> Void) {
        flights[key] = nil
        guard var entry = entries.remove(key) else { return }
        totalCost -= Int(entry.cost)
        change(&entry.value)
        store(entry.value, forKey: key)
        if entry.isOutdated { _ = outdate(key) }
    }

    private mutating func store(_ value: Value, forKey key: Key) {
        let cost = max(1, cost(key, value))
        if let replaced = entries.remove(key) { totalCost -= Int(replaced.cost) }
        guard cost <= costMax else { return }
        while totalCost + cost > costMax, let evicted = entries.evict() { totalCost -= Int(evicted.cost) }
        entries.insert(Entry(value: value, cost: Int32(clamping: cost)), forKey: key)
        totalCost += cost
    }
}
