/// A dictionary that also keeps its elements in the order in which they were last touched. Every operation is O(1).
///
/// The order is a doubly linked list whose nodes live in one array.
struct RecencyMap<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Node: Sendable {
        let key: Key
        var value: Value
        var newer: Int?
        var older: Int?
    }

    private var nodes: [Node?] = []
    private var places: [Key: Int] = [:]
    private var free: [Int] = []
    private var newest: Int?
    private var oldest: Int?

    var count: Int { places.count }

    /// The element touched longest ago.
    var last: (key: Key, value: Value)? {
        oldest.flatMap { nodes[$0] }.map { ($0.key, $0.value) }
    }

    /// Reads without touching.
    subscript(key: Key) -> Value? {
        places[key].flatMap { nodes[$0]?.value }
    }

    /// Reads and makes the element the newest.
    mutating func touch(_ key: Key) -> Value? {
        guard let place = places[key] else { return nil }
        if place != newest {
            unlink(place)
            linkAsNewest(place)
        }
        return nodes[place]?.value
    }

    /// Stores `value` as the newest element and returns the one it replaces.
    @discardableResult
    mutating func insert(_ value: Value, forKey key: Key) -> Value? {
        if let place = places[key] {
            let replaced = touch(key)
            nodes[place]?.value = value
            return replaced
        }
        let node = Node(key: key, value: value)
        let place: Int
        if let reused = free.popLast() {
            place = reused
            nodes[place] = node
        } else {
            place = nodes.count
            nodes.append(node)
        }
        places[key] = place
        linkAsNewest(place)
        return nil
    }

    @discardableResult
    mutating func remove(_ key: Key) -> Value? {
        guard let place = places.removeValue(forKey: key), let node = nodes[place] else { return nil }
        unlink(place)
        nodes[place] = nil
        free.append(place)
        return node.value
    }

    @discardableResult
    mutating func removeLast() -> Value? {
        last.flatMap { remove($0.key) }
    }

    private mutating func unlink(_ place: Int) {
        guard let node = nodes[place] else { return }
        if let newer = node.newer { nodes[newer]?.older = node.older } else { newest = node.older }
        if let older = node.older { nodes[older]?.newer = node.newer } else { oldest = node.newer }
    }

    private mutating func linkAsNewest(_ place: Int) {
        nodes[place]?.newer = nil
        nodes[place]?.older = newest
        if let newest { nodes[newest]?.newer = place } else { oldest = place }
        newest = place
    }
}
