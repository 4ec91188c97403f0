import Core
import Logging
import SQL
import Synchronization

/// The event log on the outbox: hands committed events to the consumer groups of this process.
package final class EventLog: CommitObserver, Sendable {
    private let database: any Database
    private let logger: Logger
    private let hasNeighbours: Bool
    /// Groups that others drive: here for their dead letters only.
    private let guests = Mutex<[any EventConsumer]>([])
    package let deadLetters: DeadLetters
    private let tail: EventTail
    private let runners = Mutex<[ConsumerRunner]>([])
    private let kafkaRunners = Mutex<[KafkaConsumerRunner]>([])

    /// - Parameter hasNeighbours: other processes handle events, too: to wait for all of it is to wait for them.
    package init(database: any Database, clock: WallClock, logger: Logger, hasNeighbours: Bool = false) {
        self.database = database
        self.hasNeighbours = hasNeighbours
        self.logger = logger
        deadLetters = DeadLetters(database: database, clock: clock)
        tail = EventTail(database: database)
        database.observe(self)
    }

    /// Adds a consumer group. Its runner is a service: run it in the service group.
    /// - Parameter lease: where other processes have the group, too; run it beside the runner.
    package func add(_ consumer: any EventConsumer, under lease: WorkLease? = nil) -> ConsumerRunner {
        let runner = ConsumerRunner(
            consumer: consumer, database: database, tail: tail, deadLetters: deadLetters, lease: lease, logger: logger)
        runners.withLock { $0.append(runner) }
        return runner
    }

    /// Adds a group that reads from Kafka.
    package func add(_ consumer: any EventConsumer, from topics: KafkaTopics) -> KafkaConsumerRunner {
        let runner = KafkaConsumerRunner(
            consumer: consumer, database: database, topics: topics, deadLetters: deadLetters, logger: logger)
        kafkaRunners.withLock { $0.append(runner) }
        return runner
    }

    /// Lets the dead letters of a group be replayed here, which other processes drive.
    package func addGuest(_ consumer: any EventConsumer) { guests.withLock { $0.append(consumer) } }

    private var consumers: [any EventConsumer] {
        runners.withLock { $0.map(\.consumer) } + kafkaRunners.withLock { $0.map(\.consumer) }
            + guests.withLock(\.self)
    }

    /// What each group known here reads.
    var topics: [String: Set<Topic>] {
        Dictionary(consumers.map { ($0.group, $0.topics) }) { $0.union($1) }
    }

    package func committed(_ changes: [Change]) {
        guard changes.contains(where: { $0 == .eventsAppended || $0 == .bulk }) else { return }
        tail.noteAppended()
        for runner in runners.withLock({ $0 }) { runner.wake() }
    }

    /// The newest offset in the log.
    package func head() async throws -> Int64 {
        try await database.read { try Outbox.head($0) }
    }

    /// Where a group that keeps its offset in the store has come, whichever process does its work.
    package static func storedOffset(of group: String, in database: any Database) async throws -> Int64 {
        try await database.read { store in
            let direct = try ConsumerOffsets.current(of: group, in: store)
            return direct > 0 ? direct : try ConsumerWatermarks.processed(group: group, in: store)
        }
    }

    /// Nobody handles events that wait.
    package struct Undrained: Error {}

    /// Returns once the groups that other processes have handled everything up to `head`, by the places that they store.
    /// - Throws: `Undrained` where one of them that is behind does not move for a while.
    private func drainedElsewhere(through head: Int64) async throws {
        let known = Set(
            runners.withLock { $0.map { $0.consumer.group } } + kafkaRunners.withLock { $0.map { $0.consumer.group } }
                + [OutboxRelay.group])
        var moved: [String: (to: Int64, at: ContinuousClock.Instant)] = [:]
        while true {
            let places = try await database.read { store in
                try store.query(
                    """
                    SELECT consumer_group, min(event_offset), CAST(sum(event_offset) AS BIGINT) FROM (
                        SELECT consumer_group, event_offset FROM consumer_offsets
                        UNION ALL SELECT consumer_group, event_offset FROM consumer_watermarks) AS places
                    GROUP BY consumer_group
                    """, []
                ) { (group: $0.text(0), least: $0.int64(1), all: $0.int64(2)) }
            }
            let behind = places.filter { !known.contains($0.group) && $0.least < head }
            guard !behind.isEmpty else { return }
            for place in behind {
                let last = moved[place.group].flatMap { $0.to == place.all ? $0 : nil } ?? (place.all, .now)
                guard last.at.duration(to: .now) < Limits.drainPatience else { throw Undrained() }
                moved[place.group] = last
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Returns once every group has handled everything committed before the call: those here, and those of neighbours.
    /// - Throws: `Undrained`.
    package func drained() async throws {
        let head = try await head()
        tail.noteAppended()
        for runner in runners.withLock({ $0 }) {
            runner.wake()
            try await runner.waitUntilProcessed(head)
        }
        for runner in kafkaRunners.withLock({ $0 }) { try await runner.waitUntilProcessed(head) }
        if hasNeighbours { try await drainedElsewhere(through: head) }
    }

    /// How many dead letters there are of groups that are not known here, so that a replay leaves them.
    package func foreignDeadLetters() async throws -> [String: Int] {
        let known = Set(consumers.map(\.group))
        return try await deadLetters.counts().filter { !known.contains($0.key) }
    }

    /// Replays the dead letters of every group here.
    package func replayDeadLetters() async throws -> (replayed: Int, failed: Int) {
        var total = (replayed: 0, failed: 0)
        for consumer in consumers {
            let one = try await deadLetters.replay(with: consumer)
            total = (total.replayed + one.replayed, total.failed + one.failed)
        }
        return total
    }
}

extension Limits {
    /// How long a command waits for others who handle no events.
    static let drainPatience: Duration = .seconds(30)
}
