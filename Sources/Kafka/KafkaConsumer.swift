import CRdKafka
import Core
import Dispatch
import Logging
import Metrics
import Synchronization

/// What a consumer's poll came back with.
package enum KafkaPoll: Sendable {
    case nothing
    /// Records by partition, in order.
    case records([KafkaPartition: [ConsumedRecord]])
    /// Partitions that are this consumer's from now on.
    case assigned([KafkaPartition])
    /// Partitions that go to another consumer with the next poll: until then their work may be finished and committed.
    case revoked([KafkaPartition])
    /// Partitions that another consumer may have already: their work is abandoned.
    case lost([KafkaPartition])
}

/// A member of a consumer group. Partitions move between members one by one, without stopping the others.
///
/// Nothing is committed but by `commit`. It must be polled at least every `Limits.kafkaPollIntervalMax`; a member that is
/// busy for longer pauses its partitions and polls.
package final class KafkaConsumer: Sendable {
    package let group: String
    let client: KafkaClient
    private let reports: ClientReports
    /// Polls and what changes the assignment: one thread, one after the other.
    let polls = DispatchQueue(label: "starling.kafka.consumer.polls")
    /// Calls that wait for a broker, beside the polls.
    let calls = DispatchQueue(label: "starling.kafka.consumer.calls")
    let state = Mutex(State())
    private let isClosed = Atomic(false)

    struct State {
        /// A rebalance that came while records were gathered, for the next poll.
        var pending: Rebalance?
        /// Partitions that are given up with the next poll.
        var leaving: [KafkaPartition] = []
        var paused: Set<KafkaPartition> = []
    }

    /// Joins `group` for `topics`.
    /// - Parameter label: of the group in metrics, where it is another one.
    /// - Throws: `KafkaError` `.misconfigured`. Brokers that are away do not make it fail.
    package init(
        _ settings: KafkaSettings, group: String, label: String? = nil, topics: [String], logger: Logger,
        metrics: any MetricsFactory = MetricsSystem.factory
    ) throws {
        self.group = group
        reports = ClientReports(client: label ?? group, group: label ?? group, logger: logger, metrics: metrics)
        let options =
            settings.options + [
                ("group.id", group), ("partition.assignment.strategy", "cooperative-sticky"),
                ("enable.auto.commit", "false"), ("enable.auto.offset.store", "false"),
                ("auto.offset.reset", "earliest"), ("fetch.wait.max.ms", String(settings.fetchWaitMax.milliseconds)),
                ("fetch.error.backoff.ms", "100"),
                ("session.timeout.ms", String(settings.memberSilenceMax.milliseconds)),
                ("heartbeat.interval.ms", String(Limits.kafkaHeartbeat.milliseconds)),
                ("max.poll.interval.ms", String(Limits.kafkaPollIntervalMax.milliseconds)),
                ("queued.max.messages.kbytes", String(Limits.kafkaFetchedKilobytesMax)), ("check.crcs", "true"),
            ]
        client = try KafkaClient(
            .consumer, options, events: RD_KAFKA_EVENT_FETCH | RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_OFFSET_COMMIT)
        try PartitionList.with(topics.map { KafkaPartition(topic: $0, number: -1) }) { [client] list in
            try rd_kafka_subscribe(client.handle, list).check()
        }
    }

    /// Waits for records or a change of the assignment.
    /// - Parameters:
    ///   - limit: the most records, all partitions together.
    ///   - wait: how long for the first of them.
    /// - Throws: `KafkaError` `.fatal` or `.closed`. Brokers that are away mean `.nothing`.
    package func poll(limit: Int, within wait: Duration) async throws -> KafkaPoll {
        try await polls.waiting { [self] in
            guard !isClosed.load(ordering: .acquiring) else { throw KafkaError(.closed, "the consumer is closed") }
            try giveUpLeaving()
            let pending = state.withLock { state in
                defer { state.pending = nil }
                return state.pending
            }
            if let pending { return try apply(pending) }
            return try gather(limit: limit, within: wait)
        }
    }

    private func gather(limit: Int, within wait: Duration) throws -> KafkaPoll {
        let deadline = ContinuousClock.now + wait
        var records = RecordGathering()
        while records.count < limit, records.bytes < Limits.kafkaPollBytesMax {
            // With something in hand, only what is there already is taken along.
            let rest = records.isEmpty ? max(.zero, deadline - .now) : .zero
            var rebalance: Rebalance?
            let taken: Void? = client.withEvent(within: rest) { event in
                if reports.take(event) { return }
                rebalance = Rebalance(event)
                records.take(event)
            }
            if let rebalance {
                guard !records.isEmpty else { return try apply(rebalance) }
                state.withLock { $0.pending = rebalance }
                break
            }
            guard taken != nil || records.isEmpty && deadline > .now else { break }
            guard !isClosed.load(ordering: .acquiring) else { break }
        }
        if let error = client.fatalError { throw error }
        return records.isEmpty ? .nothing : .records(records.byPartition)
    }

    private func apply(_ rebalance: Rebalance) throws -> KafkaPoll {
        switch rebalance {
        case .assign(let offsets):
            client.noteAssigned()
            try PartitionList.with(offsets) {
                try KafkaClient.check(rd_kafka_incremental_assign(client.handle, $0))
            }
            return .assigned(offsets.keys.sorted())
        case .revoke(let partitions):
            let isLost = rd_kafka_assignment_lost(client.handle) != 0
            state.withLock { $0.leaving += partitions }
            return isLost ? .lost(partitions.sorted()) : .revoked(partitions.sorted())
        case .reset:
            try rd_kafka_assign(client.handle, nil).check()
            try forgetPauses(of: state.withLock { Array($0.paused) })
            return .nothing
        }
    }

    private func giveUpLeaving() throws {
        let leaving = state.withLock { state in
            defer { state.leaving = [] }
            return state.leaving
        }
        guard !leaving.isEmpty else { return }
        try PartitionList.with(leaving) {
            try KafkaClient.check(rd_kafka_incremental_unassign(client.handle, $0))
        }
        try forgetPauses(of: leaving)
    }

    /// The library keeps partitions paused that are given up, so that one that comes back would stand still. It is not resumed when
    /// it comes back: that would set it to a place of before.
    private func forgetPauses(of partitions: [KafkaPartition]) throws {
        let paused = state.withLock { state in
            let paused = partitions.filter(state.paused.contains)
            state.paused.subtract(paused)
            return paused
        }
        guard !paused.isEmpty else { return }
        // Each says for itself if it is unknown by now, and then it is not paused either.
        try PartitionList.with(paused) { try rd_kafka_resume_partitions(client.handle, $0).check() }
    }

    /// Leaves the group, so that others get its partitions at once. What was not committed is read again by them.
    package func close(within limit: Duration = Limits.kafkaCloseSecondsMax) async {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        client.endWait()
        await polls.waiting { [client, reports] in
            // Closing forwards the consumer's queue to this one, which so must be another.
            guard let queue = rd_kafka_queue_new(client.handle) else { return }
            defer { rd_kafka_queue_destroy(queue) }
            if let error = rd_kafka_consumer_close_queue(client.handle, queue) {
                return rd_kafka_error_destroy(error)
            }
            let deadline = ContinuousClock.now + limit
            while rd_kafka_consumer_closed(client.handle) == 0, .now < deadline {
                if let event = rd_kafka_queue_poll(queue, 10) {
                    defer { rd_kafka_event_destroy(event) }
                    guard !reports.take(event), Rebalance(event) != nil else { continue }
                }
                // Also without being asked: what was asked before was for a poll that does not come any more.
                rd_kafka_assign(client.handle, nil)
            }
        }
    }
}
