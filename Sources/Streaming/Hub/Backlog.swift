import DequeModule

/// The latest events of one account, bounded in number and age.
struct Backlog {
    struct Entry {
        let sequence: UInt64
        /// Milliseconds since 1970.
        let at: Int64
        let event: StreamEvent
    }

    private var entries: Deque<Entry> = []
    /// The number of the newest event that is not here any more.
    private var floor: UInt64
    /// The number of the newest event.
    private(set) var sequence: UInt64

    /// - Parameter start: no event of this account has a greater number.
    init(after start: UInt64) {
        floor = start
        sequence = start
    }

    /// - Returns: the event's number.
    mutating func append(_ event: StreamEvent, at now: Int64, max: Int) -> UInt64 {
        sequence &+= 1
        entries.append(Entry(sequence: sequence, at: now, event: event))
        while entries.count > max { removeFirst() }
        return sequence
    }

    mutating func trim(before oldest: Int64) {
        while let first = entries.first, first.at < oldest { removeFirst() }
    }

    /// The events after a number; nil where that is not known any more, or never was a number here.
    func entries(after number: UInt64) -> [Entry]? {
        guard number >= floor, number <= sequence else { return nil }
        return entries.filter { $0.sequence > number }
    }

    private mutating func removeFirst() {
        guard let first = entries.popFirst() else { return }
        floor = first.sequence
    }
}
