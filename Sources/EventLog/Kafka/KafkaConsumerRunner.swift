import Core
import Kafka
import Logging
import Metrics
import SQL
import ServiceLifecycle
import Synchronization
import Telemetry

/// Drives one consumer group from Kafka: at least once from the brokers, applied once.
///
/// The group's place in each partition is a watermark in outbox offsets, which moves in the transaction of the effect and
/// only from where this process believes it to be. So repetitions are dropped, and so is the work of a process whose
/// partitions went to another: it finds the watermark moved. Kafka is told afterwards, and only for the sake of speed.
///
/// While the store is away the partitions are paused and the group is kept. An event that keeps failing becomes a dead
/// letter after `Limits.consumerAttemptsMax` tries.
package final class KafkaConsumerRunner: Service, Sendable {
    package let consumer: any EventConsumer
    let database: any Database
    let deadLetters: DeadLetters
    let logger: Logger
    let retries: Counter
    let failures: Counter
    let foreignRecords: Counter
    private let topics: KafkaTopics

    /// - Parameter consumer: a `TransactionalConsumer` or an `IdempotentConsumer`; what is in one process's memory cannot
    ///   be shared by a group.
    package init(
        consumer: any EventConsumer, database: any Database, topics: KafkaTopics, deadLetters: DeadLetters,
        logger: Logger
    ) {
        precondition(!(consumer is any VolatileConsumer), "a group on Kafka is shared by processes")
        self.consumer = consumer
        self.database = database
        self.topics = topics
        self.deadLetters = deadLetters
        self.logger = logger
        let labels = [("group", consumer.group)]
        retries = Counter(label: MetricName.fanoutRetries, dimensions: labels)
        failures = Counter(label: MetricName.fanoutFailures, dimensions: labels)
        foreignRecords = Counter(label: RelayMetric.foreignRecords, dimensions: labels)
    }

    /// Everything up to this offset of the outbox has had its effect, through whichever process.
    package func processed() async throws -> Int64 {
        let group = consumer.group
        return try await database.read { try ConsumerWatermarks.processed(group: group, in: $0) }
    }

    /// Returns once everything up to `offset` has had its effect, through whichever process.
    package func waitUntilProcessed(_ offset: Int64) async throws {
        while try await processed() < offset { try await Task.sleep(for: .milliseconds(20)) }
    }

    package func run() async throws {
        var pause = Backoff()
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                try await work()
                pause = Backoff()
            } catch is CancellationError {
                return
            } catch {
                retries.increment()
                logger.warning(
                    "consumer starts again",
                    metadata: [LogKey.group: "\(consumer.group)", LogKey.error: "\(error)"])
                let wait = pause.next()
                do { try await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) } } catch { return }
            }
        }
    }

    private func work() async throws {
        let names = consumer.topics.map(\.name).sorted()
        let counts = try await cancelWhenGracefulShutdown { try await self.topics.ensure(logger: self.logger) }
        let partitions = names.flatMap { name in
            (0..<(counts[name] ?? 0)).map { KafkaPartition(topic: name, number: Int32(clamping: $0)) }
        }
        let group = consumer.group
        let store = try await database.write { store in
            try ConsumerWatermarks.begin(group: group, partitions: partitions, in: store)
            return try StoreIdentity.current(in: store)
        }
        // With the store's number: the members of a group share its partitions, and another community's have other work.
        let source = try KafkaConsumer(
            topics.settings, group: "\(group)-\(store)", label: group, topics: names, logger: logger)
        var membership = KafkaMembership(runner: self, source: source, store: store)
        do {
            while !Task.isShuttingDownGracefully {
                try Task.checkCancellation()
                try await membership.step()
            }
            await membership.leave()
        } catch {
            // Not committed: the watermark knows better.
            await source.close()
            throw error
        }
    }
}
