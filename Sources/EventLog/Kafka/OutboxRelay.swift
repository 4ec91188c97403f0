import Core
import Kafka
import Logging
import Metrics
import SQL
import ServiceLifecycle
import Synchronization
import Telemetry

/// Publishes the outbox to Kafka in the order of its offsets, which is the order of commits.
///
/// Any number of these may run: the one that holds the lease works. How far it came is stored only once the brokers have
/// confirmed it, so after a crash some events are published again; every partition of the log therefore reads as the
/// outbox with some stretches repeated, never with a gap, and consumers drop what is not beyond their watermark. A relay
/// that was stopped finds its lease lapsed before its next batch, and what it had on its way is such a repetition.
package final class OutboxRelay: Service, CommitObserver, Sendable {
    /// The relay's place among the consumer groups, so that retention keeps what is not published.
    package static let group = "kafka-relay"

    private let database: any Database
    private let topics: KafkaTopics
    private let lease: WorkLease
    private let clock: WallClock
    private let logger: Logger
    private let silenceMax: Duration
    private let rest = Rest()
    private let appended = Atomic<UInt64>(0)
    private let metrics: RelayMetrics

    /// - Parameters:
    ///   - lease: named for the relay; run it beside this.
    ///   - silenceMax: how long the brokers may confirm nothing of a batch before its producer is given up.
    package init(
        database: any Database, topics: KafkaTopics, lease: WorkLease, clock: WallClock, logger: Logger,
        silenceMax: Duration = Limits.relaySilenceMax, metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        self.database = database
        self.topics = topics
        self.lease = lease
        self.clock = clock
        self.logger = logger
        self.silenceMax = silenceMax
        self.metrics = RelayMetrics(factory: metrics)
        lease.onAcquired { [rest] in rest.end() }
        database.observe(self)
    }

    package func committed(_ changes: [Change]) {
        if changes.contains(where: { $0 == .eventsAppended || $0 == .bulk }) { wake() }
    }

    /// Says that the outbox may hold more.
    package func wake() {
        appended.wrappingAdd(1, ordering: .releasing)
        rest.end()
    }

    package func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            // Beside the publishing, which stands still while the brokers are away.
            group.addTask {
                await Upkeep.run("measure the relay", every: Limits.relayMeasurePause, logger: self.logger) {
                    try await self.measure()
                }
            }
            await relay()
            group.cancelAll()
        }
    }

    /// Tells how much is not published; a process that only stands by tells of nothing.
    private func measure() async throws {
        guard lease.epoch != nil else { return metrics.backlog.record(0) }
        let (head, published) = try await database.read { store in
            (try Outbox.head(store), try ConsumerOffsets.current(of: Self.group, in: store))
        }
        metrics.backlog.record(max(0, head - published))
    }

    private func relay() async {
        var pause = Backoff()
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                guard let epoch = lease.epoch else {
                    try await cancelWhenGracefulShutdown { try await Task.sleep(for: Limits.relayLookPause) }
                    continue
                }
                try await cancelWhenGracefulShutdown { try await self.work(in: epoch) }
                pause = Backoff()
            } catch is CancellationError {
                return
            } catch {
                metrics.failures.increment()
                // What does not pass by itself is for the operator.
                let level: Logger.Level = (error as? SQLError)?.code == .other ? .error : .warning
                logger.log(level: level, "relay starts again", metadata: [LogKey.error: "\(error)"])
                let wait = pause.next()
                do { try await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) } } catch { return }
            }
        }
    }

    /// Publishes for as long as this holding of the lease lasts.
    private func work(in epoch: Int64) async throws {
        let partitions = try await topics.ensure(logger: logger)
        let producer = try KafkaProducer(topics.settings, logger: logger)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { group.cancelAll() }
                group.addTask {
                    try await self.publish(by: producer, to: partitions) { [lease = self.lease] in lease.epoch == epoch
                    }
                }
                group.addTask { try await self.watch(producer) }
                try await group.next()
            }
        } catch {
            // What is on its way may arrive, or not: the next to publish begins before it.
            await producer.close(within: error is Unconfirmed ? .zero : Limits.kafkaCloseSecondsMax)
            if error is WorkTaken { return }
            throw error
        }
        await producer.close()
    }

    private func publish(
        by producer: KafkaProducer, to partitions: [String: Int], while holdsWork: () -> Bool
    ) async throws {
        let (start, store) = try await database.write { store in
            (try ConsumerOffsets.begin(group: Self.group, in: store), try StoreIdentity.current(in: store))
        }
        var course = RelayCourse(start)
        while holdsWork() {
            let seen = appended.load(ordering: .acquiring)
            let after = course.sent
            let (found, head) = try await database.read { try OutboxRow.batch(after: after, $0) }
            // What a failover could still undo must not be told to others.
            let confirmed = found.isEmpty ? head : try await database.confirmedHead()
            let rows = found.prefix { $0.offset <= confirmed }
            // The reading may have taken long; nothing is handed over past the lease.
            guard holdsWork() else { return }
            if rows.isEmpty {
                await rest.take(Limits.relayLookPause) { appended.load(ordering: .acquiring) != seen }
                try Task.checkCancellation()
            } else {
                course.note(Array(rows), try await producer.send(rows.map { try Self.record($0, store: store) }))
            }
            if course.isMarkDue {
                course.noteMark(try await producer.send(Self.marks(course.published, partitions, store: store)))
            }
            while let flight = course.landing(where: producer.isSettled) {
                try await producer.confirm(flight.delivery)
                if !flight.rows.isEmpty { metrics.note(flight.rows, now: clock.now()) }
                course.land()
            }
            if course.isSaveDue { try await save(&course) }
        }
    }

    /// - Throws: `WorkTaken` where another relay has gone on from there.
    private func save(_ course: inout RelayCourse) async throws {
        _ = try await database.commit(
            [ConsumerOffsets.move(Self.group, from: course.saved, to: course.published)], announcing: [])
        course.noteSaved()
    }

    /// What tells every partition that all up to there has been published, so that quiet ones are known to be up to date.
    private static func marks(_ published: Int64, _ partitions: [String: Int], store: Int64) -> [KafkaRecord] {
        let value = KafkaCodec.marker(published, store: store)
        return Topic.allCases.flatMap { topic in
            (0..<(partitions[topic.name] ?? 0)).map { number in
                KafkaRecord(topic: topic.name, key: [], value: value, partition: Int32(clamping: number))
            }
        }
    }

    /// Confirmations may take long, but not for ever: a producer that has lost its way and kept the lease would hold up
    /// everybody. The next producer begins before what this one had on its way.
    private func watch(_ producer: KafkaProducer) async throws {
        while true {
            let (settled, outstanding) = (producer.settled, producer.outstanding)
            try await Task.sleep(for: silenceMax)
            if outstanding > 0, producer.settled == settled { throw Unconfirmed(silence: silenceMax) }
        }
    }

    private static func record(_ row: OutboxRow, store: Int64) throws -> KafkaRecord {
        guard let topic = Topic(rawValue: row.topic) else { throw UnknownTopic(number: row.topic) }
        return KafkaRecord(
            topic: topic.name, key: KafkaCodec.key(row.key), value: KafkaCodec.bytes(of: row, store: store))
    }
}
