import CRdKafka
import Core
import Dispatch
import Logging
import Metrics
import Synchronization

/// Publishes records so that each key's arrive once and in order, and no later one arrives without those before it.
///
/// Records wait for brokers that are away, for as long as that takes: a record that expired would leave a gap. What cannot
/// be delivered without a gap makes the producer fail for good (`KafkaError` `.fatal`); its owner then makes a new one and
/// publishes again from the last that was confirmed.
///
/// A key's partition is murmur2 of the key over the topic's partitions, in every process and every client of Kafka, so a
/// topic's partitions must not be added to while records of the old layout are unread.
package final class KafkaProducer: Sendable {
    private let client: KafkaClient
    private let batches = DeliveryBatches()
    private let isClosed = Atomic(false)
    /// Calls that wait.
    private let calls = DispatchQueue(label: "starling.kafka.producer.calls")
    private let pump: EventPump

    /// - Throws: `KafkaError` `.misconfigured`. Brokers that are away do not make it fail.
    package init(
        _ settings: KafkaSettings, logger: Logger, metrics: any MetricsFactory = MetricsSystem.factory
    ) throws {
        let options =
            settings.options + [
                ("enable.idempotence", "true"), ("enable.gapless.guarantee", "true"), ("acks", "all"),
                // Where a request fails without saying whether it was kept and the one behind it is kept, the library takes the
                // first for delivered, trusting the broker to have looked at sequence numbers. Nothing rests on that here.
                ("max.in.flight.requests.per.connection", "1"), ("partitioner", "murmur2_random"),
                ("message.timeout.ms", "0"),
                ("linger.ms", String(Limits.kafkaLinger.milliseconds)), ("retry.backoff.ms", "50"),
                ("queue.buffering.max.messages", String(Limits.kafkaQueueRecordsMax)),
                ("queue.buffering.max.kbytes", String(Limits.kafkaQueueKilobytesMax)),
                ("message.max.bytes", String(Limits.kafkaRecordBytesMax)), ("compression.codec", "lz4"),
            ]
        let client = try KafkaClient(.producer, options, events: RD_KAFKA_EVENT_DR)
        let reports = ClientReports(client: "producer", group: nil, logger: logger, metrics: metrics)
        self.client = client
        pump = EventPump(client, label: "starling.kafka.producer") { [batches] event in
            if !reports.take(event) { Self.settle(event, batches, client) }
        }
    }

    deinit {
        batches.abandonAll(KafkaError(.closed, "the producer is gone"))
        pump.stop()
    }

    /// Publishes `records` in order and returns once every one of them was confirmed.
    /// - Throws: `KafkaError`; `CancellationError`, after which some may still be delivered, never a later one without
    ///   the earlier of its key.
    package func produce(_ records: [KafkaRecord]) async throws {
        guard !records.isEmpty else { return }
        try await confirm(try await send(records))
    }

    /// Hands `records` over in order, for who has more to hand over before these are confirmed.
    /// - Throws: `KafkaError` where one was not taken, once those before it are settled; `CancellationError`, after which
    ///   some may still be delivered.
    package func send(_ records: [KafkaRecord]) async throws -> KafkaDelivery {
        let batch = batches.begin()
        for record in records {
            do { try await enqueue(record, batch) } catch let error as KafkaError {
                // The rest must not go without this one; those before it are waited for.
                batches.add(to: batch)
                batches.settle(batch, error)
                try await batches.wait(for: batch)
            } catch {
                batches.abandon(batch, error)
                throw error
            }
        }
        return KafkaDelivery(batch: batch)
    }

    /// Whether `confirm` would not wait.
    package func isSettled(_ delivery: KafkaDelivery) -> Bool { batches.isSettled(delivery.batch) }

    /// Returns once every record of the delivery was confirmed. To be called once.
    /// - Throws: as `produce`.
    package func confirm(_ delivery: KafkaDelivery) async throws {
        try await batches.wait(for: delivery.batch)
    }

    private func enqueue(_ record: KafkaRecord, _ batch: UInt) async throws {
        while true {
            guard !isClosed.load(ordering: .acquiring) else { throw KafkaError(.closed, "the producer is closed") }
            batches.add(to: batch)
            let error = record.key.withUnsafeBytes { key in
                record.value.withUnsafeBytes { value in
                    starling_kafka_produce(
                        client.handle, record.topic, record.partition ?? -1, key.baseAddress, key.count,
                        value.baseAddress, value.count, batch)
                }
            }
            guard error != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
            batches.settle(batch, nil)
            guard error == RD_KAFKA_RESP_ERR__QUEUE_FULL else { throw client.fatalError ?? KafkaError(error) }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private static func settle(_ event: OpaquePointer, _ batches: DeliveryBatches, _ client: KafkaClient) {
        guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR else { return }
        while let message = rd_kafka_event_message_next(event) {
            let error = message.pointee.err
            let failure =
                error == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : client.fatalError ?? KafkaError(error)
            batches.settle(UInt(bitPattern: message.pointee._private), failure)
        }
    }

    /// Waits until nothing is on its way.
    /// - Throws: `KafkaError` `.timedOut`.
    package func flush(within limit: Duration = Limits.kafkaCloseSecondsMax) async throws {
        try await calls.waiting { [client] in try rd_kafka_flush(client.handle, limit.milliseconds).check() }
    }

    /// Takes no more, gives what is on its way until `limit`, and lets the rest go: its batches fail with `.closed`.
    package func close(within limit: Duration = Limits.kafkaCloseSecondsMax) async {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        await calls.waiting { [client] in
            if rd_kafka_flush(client.handle, limit.milliseconds) != RD_KAFKA_RESP_ERR_NO_ERROR {
                rd_kafka_purge(client.handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
            }
        }
        batches.abandonAll(KafkaError(.closed, "the producer was closed"))
        pump.stop()
    }

    /// How many records are on their way.
    package var outstanding: Int { batches.outstanding }

    /// How many records it has heard of, confirmed or failed, since it was made.
    package var settled: UInt64 { batches.settled }

    /// Why the producer can do no more, if so.
    package var fatalError: KafkaError? { client.fatalError }
}

/// Records that were handed over together.
package struct KafkaDelivery: Sendable {
    fileprivate let batch: UInt
}
