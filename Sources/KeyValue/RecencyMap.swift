/// A dictionary that also keeps its elements in the order in which they were last touched. Every operation is O(1).
///
/// The order is a doubly linked list whose links live in arrays of their own, so that touching an element moves a few
/// numbers and copies neither key nor value.
struct RecencyMap<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Link: Sendable {
        var newer: Int32
        var older: Int32
    }

    private static var none: Int32 { -1 }

    private var keys: [Key?] = []
    private var values: [Value?] = []
    private var links: [Link] = []
    private var places: [Key: Int32] = [:]
    private var free: [Int32] = []
    private var newest: Int32 = -1
    private var oldest: Int32 = -1

    var count: Int { places.count }

    /// The element touched longest ago.
    var last: (key: Key, value: Value)? {
        guard oldest != Self.none, let key = keys[Int(oldest)], let value = values[Int(oldest)] else { return nil }
        return (key, value)
    }

    /// Reads without touching.
    subscript(key: Key) -> Value? {
        places[key].flatMap { values[Int($0)] }
    }

    /// Reads and makes the element the newest.
    mutating func touch(_ key: Key) -> Value? {
        guard let place = places[key] else { return nil }
        if place != newest {
            unlink(place)
            linkAsNewest(place)
        }
        return values[Int(place)]
    }

    /// Stores `value` as the newest element and returns the one it replaces.
    @discardableResult
    mutating func insert(_ value: Value, forKey key: Key) -> Value? {
        if let place = places[key] {
            let replaced = touch(key)
            values[Int(place)] = value
            return replaced
        }
        let place = newPlace()
        keys[Int(place)] = key
        values[Int(place)] = value
        places[key] = place
        linkAsNewest(place)
        return nil
    }

    /// Changes the value of an element that is there, without touching it.
    mutating func update(_ value: Value, forKey key: Key) {
        if let place = places[key] { values[Int(place)] = value }
    }

    @discardableResult
    mutating func remove(_ key: Key) -> Value? {
        guard let place = places.removeValue(forKey: key) else { return nil }
        unlink(place)
        let value = values[Int(place)]
        keys[Int(place)] = nil
        values[Int(place)] = nil
        free.append(place)
        return value
    }

    @discardableResult
    mutating func removeLast() -> Value? {
        last.flatMap { remove($0.key) }
    }

    private mutating func newPlace() -> Int32 {
        if let place = free.popLast() { return place }
        keys.append(nil)
        values.append(nil)
        links.append(Link(newer: Self.none, older: Self.none))
        return Int32(links.count - 1)
    }

    private mutating func unlink(_ place: Int32) {
        let link = links[Int(place)]
        if link.newer != Self.none { links[Int(link.newer)].older = link.older } else { newest = link.older }
        if link.older != Self.none { links[Int(link.older)].newer = link.newer } else { oldest = link.newer }
    }

    private mutating func linkAsNewest(_ place: Int32) {
        links[Int(place)] = Link(newer: Self.none, older: newest)
        if newest != Self.none { links[Int(newest)].newer = place } else { oldest = place }
        newest = place
    }
}
