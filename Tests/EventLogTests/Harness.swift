import Core
import EventLog
import Logging
import SQL
import TestSupport

/// A store with the outbox, and an event log on it that can be stopped and started again.
struct Harness {
    let folder: TemporaryFolder
    let clock = TestClock()
    let database: SQLiteDatabase
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    init() async throws {
        folder = try TemporaryFolder()
        database = try SQLiteDatabase(path: folder.file("log.db"))
        try await Migrator([Outbox.migration, Outbox.narrowKeys, ConsumerWatermarks.migration]).migrate(database)
        try await database.write { store in
            _ = try store.execute("CREATE TABLE effects (event_offset INTEGER NOT NULL, subject INTEGER NOT NULL)", [])
        }
    }

    func event(_ kind: EventKind = .followed, subject: Int64, list: [Int64] = []) -> Event {
        Event(kind, key: 1, subject: subject, list: list, occurredAt: clock.now)
    }

    /// Appends one event for each subject, each in a transaction of its own.
    func append(_ subjects: some Sequence<Int64>, kind: EventKind = .followed) async throws {
        for subject in subjects {
            _ = try await database.commit(
                [Outbox.append(event(kind, subject: subject))], announcing: [.eventsAppended])
        }
    }

    /// Appends all in one transaction.
    func appendTogether(_ subjects: some Sequence<Int64>, kind: EventKind = .followed) async throws {
        let statements = subjects.map { Outbox.append(event(kind, subject: $0)) }
        _ = try await database.commit(statements, announcing: [.eventsAppended])
    }

    /// The subjects of the effects, in the order they came about.
    func effects() async throws -> [Int64] {
        try await database.read { try $0.query("SELECT subject FROM effects ORDER BY rowid", []) { $0.int64(0) } }
    }

    func storedOffset(_ group: String) async throws -> Int64? {
        try await database.read { store in
            try store.first("SELECT event_offset FROM consumer_offsets WHERE consumer_group = $1", [.text(group)]) {
                $0.int64(0)
            }
        }
    }

    func prunedThrough() async throws -> Int64 {
        try await database.read { try Outbox.prunedThrough($0) }
    }

    /// Runs these groups while `body` runs, as a process does: from their offsets on, until it ends.
    func running<T>(
        _ consumers: any EventConsumer..., on store: (any Database)? = nil, _ body: (EventLog) async throws -> T
    ) async throws -> T {
        let log = EventLog(database: store ?? database, clock: clock.wall, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for consumer in consumers {
                let runner = log.add(consumer)
                try await runner.prepare()
                group.addTask { try await runner.run() }
            }
            defer { group.cancelAll() }
            return try await body(log)
        }
    }
}
