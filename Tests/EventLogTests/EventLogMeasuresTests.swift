import EventLog
import SQL
import Telemetry
import Testing
import TestSupport

@Suite(.timeLimit(.minutes(10))) struct EventLogMeasuresTests {
    let harness: Harness
    let registry = MetricsRegistry()
    let measures: EventLogMeasures

    init() async throws {
        harness = try await Harness()
        measures = EventLogMeasures(
            database: harness.database, clock: harness.clock.wall, logger: harness.logger, metrics: registry)
    }

    func measured(_ name: String) async throws -> String? {
        try await measures.measure()
        return registry.prometheusText().split(separator: "\n").first { $0.hasPrefix(name) }.map {
            String($0.dropFirst(name.count + 1))
        }
    }

    @Test("rows of the outbox, before and after some are pruned")
    func retained() async throws {
        #expect(try await measured("starling_outbox_retained") == "0.0")
        try await harness.append(1...5)
        #expect(try await measured("starling_outbox_retained") == "5.0")
        harness.clock.step(3_000)
        try await harness.append(6...7)
        let retention = OutboxRetention(
            database: harness.database, retention: .seconds(2), clock: harness.clock.wall, logger: harness.logger)
        #expect(try await retention.prune() == 5)
        #expect(try await measured("starling_outbox_retained") == "2.0")
    }

    @Test("dead letters, until they are replayed")
    func deadLetters() async throws {
        #expect(try await measured("starling_dead_letters") == "0.0")
        try await harness.append(1...3)
        try await harness.database.write { store in
            _ = try store.execute(
                """
                INSERT INTO dead_letters (consumer_group, event_offset, topic, kind, key, subject, object, position, flags,
                    list, occurred_at, reason, attempts, died_at)
                SELECT 'g', event_offset, topic, kind, key, subject, object, position, flags, list, occurred_at, '', 1, 1
                FROM outbox WHERE event_offset > 1
                """, [])
        }
        #expect(try await measured("starling_dead_letters") == "2.0")
    }

    @Test("the oldest event that a group has not handled, by its place in the log or in Kafka's partitions")
    func oldest() async throws {
        try await harness.append(1...2)
        try await harness.running(RowConsumer("direct")) { try await $0.drained() }
        try await harness.database.write { store in
            for (partition, offset) in [(0, 2), (1, 1)] as [(Int64, Int64)] {
                _ = try store.execute(
                    """
                    INSERT INTO consumer_watermarks (consumer_group, topic, partition_number, event_offset)
                    VALUES ('kafka', 't', $1, $2)
                    """, [.integer(partition), .integer(offset)])
            }
        }
        harness.clock.step(90_000)
        #expect(try await measured("starling_oldest_unhandled_seconds{group=\"direct\"}") == "0.0")
        #expect(try await measured("starling_oldest_unhandled_seconds{group=\"kafka\"}") == "90.0")
        try await harness.append(3...3)
        harness.clock.step(30_000)
        #expect(try await measured("starling_oldest_unhandled_seconds{group=\"direct\"}") == "30.0")
    }

    @Test("events of topics that a group does not read are not its own to handle")
    func foreign() async throws {
        let log = EventLog(database: harness.database, clock: harness.clock.wall, logger: harness.logger)
        for consumer in [RowConsumer("quiet", topics: [.accounts]), RowConsumer("busy")] {
            try await log.add(consumer).prepare()
        }
        let measures = EventLogMeasures(
            database: harness.database, eventLog: log, clock: harness.clock.wall, logger: harness.logger,
            metrics: registry)
        try await harness.append(1...3)
        harness.clock.step(90_000)
        try await measures.measure()
        let text = registry.prometheusText()
        #expect(text.contains("starling_oldest_unhandled_seconds{group=\"quiet\"} 0.0"))
        #expect(text.contains("starling_oldest_unhandled_seconds{group=\"busy\"} 90.0"))
    }
}
