import Core
import Kafka
import Logging
import SQL
import Telemetry

/// One membership of a runner in its consumer group: the partitions it has, and the work on them.
struct KafkaMembership {
    private let runner: KafkaConsumerRunner
    private let source: KafkaConsumer
    /// The number of the store.
    private let store: Int64
    /// When events of another store were last told of.
    private var foreignToldAt: ContinuousClock.Instant?
    private var works: [KafkaPartition: PartitionWork] = [:]
    private var committedAt = ContinuousClock.now
    /// Set while the store is away: when to try again.
    private var retryAt: ContinuousClock.Instant?
    private var pause = Backoff()

    init(runner: KafkaConsumerRunner, source: KafkaConsumer, store: Int64) {
        self.runner = runner
        self.source = source
        self.store = store
    }

    /// Takes what there is, and applies it.
    mutating func step() async throws {
        let wait = retryAt.map { max(.zero, min(Limits.kafkaPollWait, $0 - .now)) } ?? Limits.kafkaPollWait
        switch try await source.poll(limit: Limits.consumerBatchMax, within: wait) {
        case .nothing: break
        case .assigned(let partitions):
            for partition in partitions { works[partition] = PartitionWork() }
            if retryAt != nil { try source.pause(partitions) }
        case .revoked(let partitions):
            await commit(of: partitions)
            for partition in partitions { works[partition] = nil }
        case .lost(let partitions):
            for partition in partitions { works[partition] = nil }
        case .records(let records):
            for (partition, records) in records { try add(records, of: partition) }
        }
        try await applyAll()
        if ContinuousClock.now - committedAt >= Limits.kafkaCommitPause { commitSoon() }
    }

    /// Leaves the group in order.
    mutating func leave() async {
        await commit(of: Array(works.keys))
        await source.close()
    }

    private mutating func add(_ records: [ConsumedRecord], of partition: KafkaPartition) throws {
        for record in records {
            do {
                let content = try KafkaCodec.decode(record.value, store: store)
                works[partition]?.add(PartitionWork.Item(place: record.offset, content: content))
            } catch KafkaCodec.Failure.foreign {
                noteForeign(record, of: partition)
            } catch KafkaCodec.Failure.malformed {
                // No event of ours: the outbox knows nothing of it, so it cannot be kept as a dead letter.
                runner.failures.increment()
                runner.logger.error(
                    "record is no event",
                    metadata: ["partition": "\(partition)", LogKey.offset: "\(record.offset)"])
            }
        }
    }

    private mutating func noteForeign(_ record: ConsumedRecord, of partition: KafkaPartition) {
        runner.foreignRecords.increment()
        if let foreignToldAt, .now - foreignToldAt < .seconds(60) { return }
        foreignToldAt = .now
        runner.logger.error(
            "another community uses the same Kafka: its events are left out here; give each community brokers of its own",
            metadata: [
                LogKey.group: "\(runner.consumer.group)", "partition": "\(partition)",
                LogKey.offset: "\(record.offset)",
            ])
    }

    private mutating func applyAll() async throws {
        if let retryAt, retryAt > .now { return }
        do {
            while works.values.contains(where: { !$0.items.isEmpty }) {
                try await readWatermarks()
                try await applyStretches()
            }
            try goOn()
        } catch is WorkTaken {
            for partition in works.keys { works[partition]?.watermark = nil }
        } catch let error where passes(error) {
            try hold(error)
        }
    }

    private func passes(_ error: any Error) -> Bool {
        (error as? any PassingError)?.isPassing ?? false
    }

    private mutating func readWatermarks() async throws {
        let unknown = works.filter { $0.value.watermark == nil && !$0.value.items.isEmpty }.map(\.key)
        guard !unknown.isEmpty else { return }
        let group = runner.consumer.group
        let found = try await runner.database.write { store in
            // Partitions that were added while this runs.
            try ConsumerWatermarks.begin(group: group, partitions: unknown, in: store)
            return try ConsumerWatermarks.current(group: group, partitions: unknown, in: store)
        }
        for (partition, watermark) in found { works[partition]?.watermark = watermark }
    }

    /// Applies the front of every partition in one transaction; where that fails, event by event.
    private mutating func applyStretches() async throws {
        var (events, facts) = (0, 0)
        var stretches: [PartitionWork.Stretch] = []
        for partition in works.keys.sorted() {
            guard
                let stretch = works[partition]?.stretch(
                    of: partition, limit: Limits.consumerBatchMax - events,
                    factsMax: Limits.consumerBatchFactsMax - facts), stretch.itemCount > 0
            else { continue }
            stretches.append(stretch)
            events += stretch.events.count
            facts += stretch.events.reduce(0) { $0 + $1.list.count }
        }
        do {
            try await runner.apply(stretches)
            for stretch in stretches { works[stretch.partition]?.finish(stretch.itemCount, watermark: stretch.to) }
        } catch let error where error is WorkTaken || error is CancellationError || passes(error) {
            throw error
        } catch {
            runner.retries.increment()
            for stretch in stretches { try await applyOneByOne(stretch.partition, count: stretch.itemCount) }
        }
    }

    private mutating func applyOneByOne(_ partition: KafkaPartition, count: Int) async throws {
        for _ in 0..<count {
            guard let item = works[partition]?.items.first, let watermark = works[partition]?.watermark else { return }
            let offset = item.content.offset
            if offset > watermark {
                let events: [Event] = if case .event(let event) = item.content { [event] } else { [] }
                let stretch = PartitionWork.Stretch(
                    partition: partition, events: events, from: watermark, to: offset, itemCount: 1)
                try await runner.applyAlone(stretch)
            }
            works[partition]?.finish(1, watermark: max(offset, watermark))
        }
    }

    /// The store is away: nothing more is read until it is back, but the group is kept.
    private mutating func hold(_ error: any Error) throws {
        runner.retries.increment()
        runner.logger.warning(
            "consumer waits for the store",
            metadata: [LogKey.group: "\(runner.consumer.group)", LogKey.error: "\(error)"])
        if retryAt == nil { try source.pause(Array(works.keys)) }
        retryAt = .now + pause.next()
    }

    private mutating func goOn() throws {
        guard retryAt != nil else { return }
        retryAt = nil
        pause = Backoff()
        try source.resume(Array(works.keys))
    }

    private mutating func commitSoon() {
        committedAt = .now
        let offsets = takeUncommitted(of: Array(works.keys))
        do { try source.commitSoon(offsets) } catch { noteUncommitted(error) }
    }

    private mutating func commit(of partitions: [KafkaPartition]) async {
        let offsets = takeUncommitted(of: partitions)
        do { try await source.commit(offsets) } catch { noteUncommitted(error) }
    }

    private mutating func takeUncommitted(of partitions: [KafkaPartition]) -> [KafkaPartition: Int64] {
        var offsets: [KafkaPartition: Int64] = [:]
        for partition in partitions { offsets[partition] = works[partition]?.takeUncommitted() }
        return offsets
    }

    /// The records come again, and are dropped then.
    private func noteUncommitted(_ error: any Error) {
        runner.logger.info(
            "offsets not committed",
            metadata: [LogKey.group: "\(runner.consumer.group)", LogKey.error: "\(error)"])
    }
}
