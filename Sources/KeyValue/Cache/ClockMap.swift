import Core

/// A dictionary that knows which of its elements were not read lately: the CLOCK algorithm, "second chance"
/// (Corbató, 1968).
///
/// A read marks its element and moves nothing, so it costs one or two cache lines. The hand goes round the elements,
/// takes marks away and stops at the first without one.
///
/// The read path is inlinable: called across modules without specialization it would cost several times as much. For the
/// same reason the memory is its own, not arrays', which would count references with every read.
///
/// Its owner keeps it in one place and calls `free` in the end. Unchecked: what that place is guarded by guards the memory.
@usableFromInline
struct ClockMap<Key: CacheKey, Value: Sendable>: @unchecked Sendable {
    @usableFromInline
    struct Element: Sendable {
        /// First, so that it stands where the element does.
        @usableFromInline var value: Value
        @usableFromInline let key: Key
        @usableFromInline let hash: UInt64
        @usableFromInline var wasRead: Bool

        init(key: Key, hash: UInt64, value: Value) {
            self.key = key
            self.hash = hash
            self.value = value
            // Wanted just now: it has its chance before others that nobody asks for.
            wasRead = true
        }
    }

    @usableFromInline static var none: Int32 { -1 }
    private static var placesMin: Int { 8 }

    /// Open addressing with linear probing: indices of elements, at most half of the places used.
    @usableFromInline private(set) var places: UnsafeMutablePointer<Int32>
    /// The number of places less one; their number is a power of two.
    @usableFromInline private(set) var mask: Int
    /// The first `count` are there; there is room for half as many as there are places.
    @usableFromInline private(set) var elements: UnsafeMutablePointer<Element>
    @usableFromInline private(set) var count = 0
    @usableFromInline let seed: UInt64
    private var hand = 0

    init(seed: UInt64) {
        self.seed = seed
        mask = Self.placesMin - 1
        places = Self.emptyPlaces(Self.placesMin)
        elements = .allocate(capacity: Self.placesMin / 2)
    }

    func free() {
        elements.deinitialize(count: count)
        elements.deallocate()
        places.deallocate()
    }

    private static func emptyPlaces(_ count: Int) -> UnsafeMutablePointer<Int32> {
        let places = UnsafeMutablePointer<Int32>.allocate(capacity: count)
        places.initialize(repeating: none, count: count)
        return places
    }

    /// Calls `body` with where the value of `key` stands, if there is one, and marks it.
    @inlinable
    mutating func read(_ key: Key, hash: UInt64, _ body: (UnsafePointer<Value>) -> Void) {
        guard let index = index(of: key, hash: hash) else { return }
        // Writing only where it changes something keeps the line shared between cores.
        if !elements[index].wasRead { elements[index].wasRead = true }
        body(UnsafeRawPointer(elements + index).assumingMemoryBound(to: Value.self))
    }

    mutating func read(_ key: Key) -> Value? {
        var value: Value?
        read(key, hash: key.cacheHash(seed: seed)) { value = $0.pointee }
        return value
    }

    @inlinable
    func index(of key: Key, hash: UInt64) -> Int? {
        var place = Int(truncatingIfNeeded: hash) & mask
        while true {
            let index = places[place]
            guard index != Self.none else { return nil }
            // Comparing keys is a call; for most of them it is needed once.
            if elements[Int(index)].hash == hash, elements[Int(index)].key == key { return Int(index) }
            place = (place + 1) & mask
        }
    }

    /// Stores `value` and returns the one it replaces.
    @discardableResult
    mutating func insert(_ value: Value, forKey key: Key) -> Value? {
        let hash = key.cacheHash(seed: seed)
        if let index = index(of: key, hash: hash) {
            let replaced = elements[index].value
            elements[index].value = value
            return replaced
        }
        if (count + 1) * 2 > mask + 1 { grow() }
        (elements + count).initialize(to: Element(key: key, hash: hash, value: value))
        occupy(with: count)
        count += 1
        return nil
    }

    @discardableResult
    mutating func remove(_ key: Key) -> Value? {
        let hash = key.cacheHash(seed: seed)
        guard let index = index(of: key, hash: hash) else { return nil }
        vacate(place(of: index))
        let removed = (elements + index).move()
        count -= 1
        if index < count {
            // The last element fills the gap.
            places[place(of: count)] = Int32(index)
            (elements + index).moveInitialize(from: elements + count, count: 1)
        }
        return removed.value
    }

    mutating func removeAll() {
        elements.deinitialize(count: count)
        count = 0
        places.update(repeating: Self.none, count: mask + 1)
    }

    /// Removes the next element that was not read since the hand came by.
    mutating func evict() -> Value? {
        guard count > 0 else { return nil }
        // Once round takes every mark away, so twice round is the end.
        for _ in 0...(count * 2) {
            hand = hand < count ? hand : 0
            guard elements[hand].wasRead else { return remove(elements[hand].key) }
            elements[hand].wasRead = false
            hand += 1
        }
        return nil
    }

    /// The place that holds the index of an element that is there.
    private func place(of index: Int) -> Int {
        var place = Int(truncatingIfNeeded: elements[index].hash) & mask
        while places[place] != index {
            precondition(places[place] != Self.none, "every element has its place")
            place = (place + 1) & mask
        }
        return place
    }

    private mutating func occupy(with index: Int) {
        var place = Int(truncatingIfNeeded: elements[index].hash) & mask
        while places[place] != Self.none { place = (place + 1) & mask }
        places[place] = Int32(index)
    }

    /// Empties a place and moves up what probing would not find behind the gap (Knuth, 6.4, algorithm R).
    private mutating func vacate(_ place: Int) {
        var gap = place
        var next = (gap + 1) & mask
        while places[next] != Self.none {
            let home = Int(truncatingIfNeeded: elements[Int(places[next])].hash) & mask
            if (next - home) & mask >= (next - gap) & mask {
                places[gap] = places[next]
                gap = next
            }
            next = (next + 1) & mask
        }
        places[gap] = Self.none
    }

    private mutating func grow() {
        let placeCount = (mask + 1) * 2
        precondition(placeCount <= Int(Int32.max), "the cost of entries bounds them far below this")
        let roomier = UnsafeMutablePointer<Element>.allocate(capacity: placeCount / 2)
        roomier.moveInitialize(from: elements, count: count)
        elements.deallocate()
        elements = roomier
        places.deallocate()
        places = Self.emptyPlaces(placeCount)
        mask = placeCount - 1
        for index in 0..<count { occupy(with: index) }
    }
}
