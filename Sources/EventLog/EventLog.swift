import Core
import Logging
import SQL
import Synchronization

/// The event log on the outbox: hands committed events to the consumer groups of this process.
package final class EventLog: CommitObserver, Sendable {
    private let database: any Database
    private let logger: Logger
    private let isElsewhere: Bool
    /// Groups that others drive: here for their dead letters only.
    private let guests = Mutex<[any EventConsumer]>([])
    package let deadLetters: DeadLetters
    private let tail: EventTail
    private let runners = Mutex<[ConsumerRunner]>([])
    private let kafkaRunners = Mutex<[KafkaConsumerRunner]>([])

    /// - Parameter isElsewhere: other processes handle the events, from Kafka.
    package init(database: any Database, clock: WallClock, logger: Logger, isElsewhere: Bool = false) {
        self.database = database
        self.isElsewhere = isElsewhere
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

    /// Nobody handles the events that wait in Kafka.
    package struct Undrained: Error {}

    /// Returns once every group of the store has handled everything committed before the call, where all of them read from
    /// Kafka in other processes.
    /// - Throws: `Undrained` where none of them moves for a while.
    private func drainedElsewhere() async throws {
        let head = try await head()
        var (reached, since) = (Int64(-1), ContinuousClock.now)
        while true {
            let sums = try await database.read { store in
                try store.first(
                    """
                    SELECT min(event_offset), CAST(sum(event_offset) AS BIGINT) FROM consumer_watermarks
                    HAVING count(*) > 0
                    """, []
                ) {
                    (least: $0.int64(0), all: $0.int64(1))
                }
            }
            guard let sums, sums.least < head else { return }
            if sums.all != reached { (reached, since) = (sums.all, .now) }
            guard since.duration(to: .now) < Limits.drainPatience else { throw Undrained() }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Returns once every group here has handled everything committed before the call.
    /// - Throws: `Undrained`.
    package func drained() async throws {
        guard !isElsewhere else { return try await drainedElsewhere() }
        let head = try await head()
        tail.noteAppended()
        for runner in runners.withLock({ $0 }) {
            runner.wake()
            try await runner.waitUntilProcessed(head)
        }
        for runner in kafkaRunners.withLock({ $0 }) { try await runner.waitUntilProcessed(head) }
    }

    /// Replays the dead letters of every group here.
    package func replayDeadLetters() async throws -> (replayed: Int, failed: Int) {
        var total = (replayed: 0, failed: 0)
        let consumers =
            runners.withLock { $0.map(\.consumer) } + kafkaRunners.withLock { $0.map(\.consumer) }
            + guests.withLock(\.self)
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
