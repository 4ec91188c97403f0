import Core

/// Activities in order of position: a flat array of 64-bit ids, oldest first, of bounded length.
///
/// The timeline is complete from `floor` on: every activity that belongs into it and stands at `floor` or above is there.
/// Below, it has no opinion, and the reader asks the store.
package struct Timeline: Sendable, Hashable {
    package private(set) var entries: [Int64]
    package private(set) var floor: Position
    let entriesMax: Int

    /// - Parameters:
    ///   - newestFirst: what the store answered, in descending order.
    ///   - isWhole: whether the store has nothing below these.
    package init(newestFirst: [Position], isWhole: Bool, entriesMax: Int) {
        entries = newestFirst.reversed().map(\.rawValue)
        floor = isWhole ? .lowest : (newestFirst.last ?? .lowest)
        self.entriesMax = entriesMax
        trim()
    }

    /// - Parameter entries: in ascending order.
    init(entries: [Int64], floor: Position, entriesMax: Int) {
        self.entries = entries
        self.floor = floor
        self.entriesMax = entriesMax
    }

    /// - Parameter entries: in ascending order; those below the floor do not count.
    init(entries: [Int64], notBelow floor: Position, entriesMax: Int) {
        self.init(entries: Array(entries.drop { $0 < floor.rawValue }), floor: floor, entriesMax: entriesMax)
    }

    /// Adds an activity, once. One below the floor is the store's to tell of.
    /// - Returns: whether the timeline changed.
    @discardableResult
    package mutating func insert(_ position: Position) -> Bool {
        guard position >= floor else { return false }
        if entries.last.map({ $0 < position.rawValue }) ?? true {
            entries.append(position.rawValue)
        } else {
            let index = firstIndex(notBelow: position)
            guard entries[index] != position.rawValue else { return false }
            entries.insert(position.rawValue, at: index)
        }
        trim()
        return true
    }

    /// Merges activities that are complete only from `completeFrom` on, which the whole timeline then is, too.
    package mutating func merge(_ positions: [Position], completeFrom: Position) {
        raiseFloor(to: completeFrom)
        let added = positions.filter { $0 >= floor }.map(\.rawValue).sorted()
        guard !added.isEmpty else { return }
        entries = Self.union(entries, added)
        trim()
    }

    /// The values of two ascending lists, each once.
    private static func union(_ left: [Int64], _ right: [Int64]) -> [Int64] {
        var union: [Int64] = []
        union.reserveCapacity(left.count + right.count)
        var rest = left[...]
        for value in right {
            let below = rest.prefix { $0 < value }
            union.append(contentsOf: below)
            rest = rest.dropFirst(below.count)
            if rest.first != value, union.last != value { union.append(value) }
        }
        return union + rest
    }

    package mutating func remove(_ positions: Set<Int64>) {
        entries.removeAll { positions.contains($0) }
    }

    /// The newest `limit` activities below `before`, oldest first.
    package func page(before: Position, limit: Int) -> ArraySlice<Int64> {
        let end = firstIndex(notBelow: before)
        return entries[max(0, end - limit)..<end]
    }

    private mutating func raiseFloor(to position: Position) {
        guard position > floor else { return }
        entries.removeFirst(firstIndex(notBelow: position))
        floor = position
    }

    /// Drops the oldest once they exceed the bound by a slack, so that trimming is rare.
    private mutating func trim() {
        guard entries.count > entriesMax + entriesMax / 16 else { return }
        entries.removeFirst(entries.count - entriesMax)
        floor = entries.first.map { Position($0) } ?? floor
    }

    private func firstIndex(notBelow position: Position) -> Int {
        // First pages end at the newest.
        guard let last = entries.last, last >= position.rawValue else { return entries.count }
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) >> 1
            if entries[middle] < position.rawValue { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
