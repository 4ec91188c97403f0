import Core
import EventLog
import Kafka
import Logging
import SQL
import ServiceLifecycle
import Synchronization
import TestServers
import TestSupport

/// A store with an outbox, a cluster, and what runs between them.
struct LogHarness {
    let cluster: Cluster
    let folder: TemporaryFolder
    let database: SQLiteDatabase
    let clock = TestClock()
    let topics: KafkaTopics
    let partitions = 3

    init() async throws {
        cluster = try Cluster()
        let names = Topic.allCases.map(\.name) + ["feed-updates"]
        for name in names { try cluster.mock.createTopic(name, partitions: partitions) }
        topics = KafkaTopics(settings: cluster.settings, partitions: partitions)
        folder = try TemporaryFolder()
        database = try SQLiteDatabase(path: folder.file("log.db"))
        try await Migrator([Outbox.migration, WorkLease.migration, ConsumerWatermarks.migration]).migrate(database)
        try await database.write { store in
            _ = try store.execute("CREATE TABLE effects (event_offset INTEGER NOT NULL, subject INTEGER NOT NULL)", [])
        }
    }

    /// Appends one event for each subject, of ten keys, in transactions of at most a hundred.
    func append(_ subjects: Range<Int64>, kind: EventKind = .followed) async throws {
        for start in stride(from: subjects.lowerBound, to: subjects.upperBound, by: 100) {
            let some = start..<min(start + 100, subjects.upperBound)
            let statements = some.map {
                Outbox.append(Event(kind, key: $0 % 10, subject: $0, occurredAt: clock.now))
            }
            _ = try await database.commit(statements, announcing: [.eventsAppended])
        }
    }

    func lease(_ holder: String) -> WorkLease {
        WorkLease("relay", holder: holder, database: database, logger: cluster.logger)
    }

    func relay(_ lease: WorkLease, on store: (any Database)? = nil) -> OutboxRelay {
        OutboxRelay(
            database: store ?? database, topics: topics, lease: lease, clock: clock.wall, logger: cluster.logger)
    }

    func runner(_ consumer: any EventConsumer, on store: (any Database)? = nil) -> KafkaConsumerRunner {
        let store = store ?? database
        return KafkaConsumerRunner(
            consumer: consumer, database: store, topics: topics,
            deadLetters: DeadLetters(database: store, clock: clock.wall), logger: cluster.logger)
    }

    /// Runs services while `body` runs; then they are cancelled, as by a crash that finishes nothing.
    func running<T>(_ services: any Service..., body: () async throws -> T) async throws -> T {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services { group.addTask { try await service.run() } }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    /// What the topics hold, in order of reading, by partition.
    func published(_ topic: Topic = .graph, atLeast count: Int) async throws -> [[Event]] {
        let reader = Reader(try cluster.consumer("check-\(UInt64.random(in: 0 ... .max))", topic.name), commits: false)
        func events() -> [KafkaPartition: [Event]] {
            Dictionary(grouping: reader.records, by: \.partition).mapValues { records in
                records.compactMap {
                    guard case .event(let event)? = try? KafkaCodec.decode($0.value) else { return nil }
                    return event
                }
            }
        }
        try await eventually { Set(events().values.joined().map(\.offset)).count >= count }
        await reader.close()
        return Array(events().values)
    }

    func effects() async throws -> [Int64] {
        try await database.read { try $0.query("SELECT subject FROM effects ORDER BY rowid", []) { $0.int64(0) } }
    }

    func head() async throws -> Int64 {
        try await database.read { try Outbox.head($0) }
    }
}

struct Poisoned: Error {}

/// Writes a row for each event, and fails on those that are poison.
final class RowConsumer: TransactionalConsumer {
    let group = "rows"
    let topics: Set<Topic> = [.graph, .posts]
    private let poison: Mutex<Set<Int64>>

    init(poison: Set<Int64> = []) {
        self.poison = Mutex(poison)
    }

    func handle(_ events: [Event], in store: any SQLWriter) throws {
        for event in events {
            try store.execute(
                "INSERT INTO effects (event_offset, subject) VALUES ($1, $2)",
                [.integer(event.offset), .integer(event.subject)])
            if poison.withLock({ $0.contains(event.subject) }) { throw Poisoned() }
        }
    }
}

extension Sequence<Int64> {
    /// Whether those of each key, as the harness appends them, are in order.
    var isInOrderByKey: Bool {
        Dictionary(grouping: self) { $0 % 10 }.values.allSatisfy { $0 == $0.sorted() }
    }
}
