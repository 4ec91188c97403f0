import Core
import SQL
import Synchronization

/// The newest events of the log, read from the store once for every group of this process.
///
/// The outbox stays the truth: a group that is further behind than what is kept reads it by itself.
actor EventTail {
    /// What a group is handed.
    struct Found: Sendable {
        let events: [Event]
        /// The newest offset in the log when it was looked at.
        let head: Int64
    }

    private let database: any Database
    /// Events after `start` and through `end` are held; nil before the first reading.
    private var start: Int64?
    private var end: Int64 = 0
    private var events: [Event] = []
    private var facts = 0
    /// Counts what was appended to the log, and how much of that the last reading has met.
    private nonisolated let appended = Atomic<UInt64>(1)
    private var met: UInt64 = 0
    private var isReading = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(database: any Database) {
        self.database = database
    }

    var keptCount: Int { events.count }
    var keptFacts: Int { facts }

    /// Says that the store may hold more than was read.
    nonisolated func noteAppended() {
        appended.wrappingAdd(1, ordering: .releasing)
    }

    /// Up to `limit` events after `offset`, oldest first, all that were committed before the last `noteAppended` among
    /// them.
    func events(after offset: Int64, topics: Set<Topic>, limit: Int) async throws -> Found {
        while true {
            if let start, offset < start { return try await stored(after: offset, topics, limit) }
            let held = events[firstIndex(after: offset)...].lazy.filter { topics.contains($0.kind.topic) }.prefix(limit)
            let isCurrent = met == appended.load(ordering: .acquiring)
            if isCurrent || !held.isEmpty { return Found(events: Array(held), head: end) }
            if isReading { await withCheckedContinuation { waiters.append($0) } } else { try await read() }
        }
    }

    private func stored(after offset: Int64, _ topics: Set<Topic>, _ limit: Int) async throws -> Found {
        try await database.read { store in
            Found(
                events: try Outbox.events(after: offset, topics: topics, limit: limit, store),
                head: try Outbox.head(store))
        }
    }

    /// One reading at a time; the others wait for it and look again.
    private func read() async throws {
        isReading = true
        defer {
            isReading = false
            for waiter in waiters { waiter.resume() }
            waiters = []
        }
        let meeting = appended.load(ordering: .acquiring)
        let known = start == nil ? nil : end
        let (new, head) = try await database.read { store in
            let head = try Outbox.head(store)
            guard let known else { return ([Event](), head) }
            return (
                try Outbox.events(
                    after: known, topics: Set(Topic.allCases), limit: Limits.eventTailMax, store), head
            )
        }
        if start == nil { start = head }
        let isAll = new.count < Limits.eventTailMax
        end = isAll ? head : new.last?.offset ?? head
        if isAll { met = meeting }
        events.append(contentsOf: new)
        facts += new.reduce(0) { $0 + $1.list.count }
        trim()
    }

    /// Drops the oldest once there are twice as many as are kept, so that it is rare.
    private func trim() {
        guard events.count > 2 * Limits.eventTailMax || facts > Limits.eventTailFactsMax else { return }
        var excess = 0
        while events.count - excess > Limits.eventTailMax || facts > Limits.eventTailFactsMax {
            facts -= events[excess].list.count
            excess += 1
        }
        guard excess > 0 else { return }
        start = events[excess - 1].offset
        events.removeFirst(excess)
    }

    private func firstIndex(after offset: Int64) -> Int {
        var low = 0
        var high = events.count
        while low < high {
            let middle = (low + high) >> 1
            if events[middle].offset <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
