import EventLog
import SQL
import Synchronization
import TestSupport

struct Poisoned: Error {}

/// Writes a row for each event, and fails, after it has, on those that are poison.
final class RowConsumer: TransactionalConsumer {
    let group: String
    let topics: Set<Topic>
    private let poison: Mutex<Set<Int64>>
    private let attempts = Mutex<[Int64: Int]>([:])
    private let batches = Mutex<[Int]>([])

    /// How many events came together, each time.
    var batchSizes: [Int] { batches.withLock { $0 } }

    init(_ group: String = "rows", topics: Set<Topic> = [.graph], poison: Set<Int64> = []) {
        self.group = group
        self.topics = topics
        self.poison = Mutex(poison)
    }

    /// How often an event about `subject` was handled.
    func attempts(_ subject: Int64) -> Int {
        attempts.withLock { $0[subject] ?? 0 }
    }

    func cure() {
        poison.withLock { $0 = [] }
    }

    func handle(_ events: [Event], in store: any SQLWriter) throws {
        batches.withLock { $0.append(events.count) }
        for event in events {
            attempts.withLock { $0[event.subject, default: 0] += 1 }
            try store.execute(
                "INSERT INTO effects (event_offset, subject) VALUES ($1, $2)",
                [.integer(event.offset), .integer(event.subject)])
            if poison.withLock({ $0.contains(event.subject) }) { throw Poisoned() }
        }
    }
}

/// Remembers events in memory, as a cache would, and fails on those that are poison.
final class MemoryConsumer: VolatileConsumer {
    let group = "memory"
    let topics: Set<Topic> = [.graph]
    private let poison: Mutex<Set<Int64>>
    private let seen = Mutex<[Int64]>([])

    init(poison: Set<Int64> = []) {
        self.poison = Mutex(poison)
    }

    var subjects: [Int64] { seen.withLock { $0 } }

    func cure() {
        poison.withLock { $0 = [] }
    }

    func handle(_ events: [Event]) async throws {
        for event in events {
            if poison.withLock({ $0.contains(event.subject) }) { throw Poisoned() }
            seen.withLock { $0.append(event.subject) }
        }
    }
}
