import Core
import Kafka
import SQL
import Testing
import TestServers
import TestSupport

@testable import EventLog

@Suite(.timeLimit(.minutes(4))) struct BurialTests {
    @Test("an event becomes a dead letter with the move of its group past it, not before")
    func together() async throws {
        let harness = try await LogHarness()
        try await harness.append(1..<2)
        let partition = KafkaPartition(topic: Topic.graph.name, number: 0)
        try await harness.database.write { store in
            try ConsumerWatermarks.begin(group: "rows", partitions: [partition], in: store)
            // As if the process ended between the two.
            try store.execute(
                """
                CREATE TRIGGER refuse BEFORE UPDATE ON consumer_watermarks WHEN EXISTS (SELECT 1 FROM dead_letters)
                BEGIN SELECT raise(ABORT, 'planted'); END
                """, [])
        }
        let event = Event(.followed, key: 1, subject: 1, occurredAt: harness.clock.now, offset: 1)
        let stretch = PartitionWork.Stretch(partition: partition, events: [event], from: 0, to: 1, itemCount: 1)
        let runner = harness.runner(RowConsumer(poison: [1]))
        try await runner.applyAlone(stretch)
        #expect(try await runner.processed() == 1)
        let letters = DeadLetters(database: harness.database, clock: harness.clock.wall)
        #expect(try await letters.list().map(\.event.offset) == [1])
    }

    @Test("work that another process took leaves no dead letter")
    func taken() async throws {
        let harness = try await LogHarness()
        try await harness.append(1..<2)
        let letters = DeadLetters(database: harness.database, clock: harness.clock.wall)
        let event = Event(.followed, key: 1, subject: 1, occurredAt: harness.clock.now, offset: 1)
        await #expect(throws: WorkTaken.self) {
            try await letters.bury([event], group: "rows", reason: "", attempts: 5) { _ in throw WorkTaken() }
        }
        #expect(try await letters.list().isEmpty)
    }
}
