import Core
import EventLog
import SQL
import Testing
import TestSupport

@Suite(.timeLimit(.minutes(10))) struct OutboxRetentionTests {
    let harness: Harness
    let retention: OutboxRetention

    init() async throws {
        harness = try await Harness()
        retention = OutboxRetention(
            database: harness.database, retention: .seconds(3_600), clock: harness.clock.wall, logger: harness.logger)
    }

    func offsets() async throws -> [Int64] {
        try await harness.database.read { store in
            try Outbox.events(after: 0, topics: Set(Topic.allCases), limit: 1_000_000, store).map(\.offset)
        }
    }

    @Test("only old events go, from the oldest on")
    func age() async throws {
        try await harness.append(1...3)
        harness.clock.step(1_800_000)
        try await harness.append(4...5)
        #expect(try await retention.prune() == 0)
        harness.clock.step(1_800_001)
        #expect(try await retention.prune() == 3)
        #expect(try await offsets() == [4, 5])
        #expect(try await harness.prunedThrough() == 3)
        #expect(try await retention.prune() == 0)
        #expect(try await harness.prunedThrough() == 3)
    }

    @Test("what a stored group has not handled stays, however old")
    func unhandled() async throws {
        try await harness.append(1...3)
        try await harness.running(RowConsumer("ahead"), RowConsumer("behind")) { try await $0.drained() }
        try await harness.append(4...5)
        try await harness.running(RowConsumer("ahead")) { try await $0.drained() }
        harness.clock.step(7_200_000)
        #expect(try await retention.prune() == 3)
        let behind = RowConsumer("behind")
        try await harness.running(behind) { try await $0.drained() }
        #expect(behind.attempts(4) == 1)
        #expect(try await retention.prune() == 2)
    }

    @Test("a group that was never able to handle anything is waited for too")
    func neverHandled() async throws {
        try await harness.append(1...3)
        let log = EventLog(database: harness.database, clock: harness.clock.wall, logger: harness.logger)
        try await log.add(RowConsumer("stuck")).prepare()
        harness.clock.step(7_200_000)
        #expect(try await retention.prune() == 0)
    }

    @Test("what the relay to Kafka has not published stays, also before it has ever reached its brokers")
    func relay() async throws {
        let retention = OutboxRetention(
            database: harness.database, retention: .seconds(3_600), waitingFor: OutboxRelay.group,
            clock: harness.clock.wall, logger: harness.logger)
        try await harness.append(1...5)
        harness.clock.step(7_200_000)
        #expect(try await retention.prune() == 0)
        for (published, pruned) in [(0, 0), (3, 3), (5, 2)] as [(Int64, Int)] {
            try await harness.database.write { store in
                _ = try store.execute(
                    """
                    INSERT INTO consumer_offsets (consumer_group, event_offset) VALUES ($1, $2)
                    ON CONFLICT (consumer_group) DO UPDATE SET event_offset = excluded.event_offset
                    """, [.text(OutboxRelay.group), .integer(published)])
            }
            #expect(try await retention.prune() == pruned)
        }
    }

    @Test("a group whose topics are quiet does not stop retention")
    func quietGroup() async throws {
        try await harness.running(RowConsumer("quiet", topics: [.accounts])) { log in
            try await harness.appendTogether(1...Int64(Limits.consumerBatchMax))
            try await log.drained()
        }
        harness.clock.step(7_200_000)
        #expect(try await retention.prune() == Limits.consumerBatchMax)
    }

    @Test("a group that has nothing to do does not stop retention either where only a few events passed it")
    func quietLog() async throws {
        let log = EventLog(database: harness.database, clock: harness.clock.wall, logger: harness.logger)
        let runner = log.add(RowConsumer("quiet", topics: [.accounts]))
        try await runner.prepare()
        try await harness.append(1...3)
        try await runner.drain()
        harness.clock.step(7_200_000)
        #expect(try await retention.prune() == 0)
        runner.savePlace()
        try await runner.drain()
        #expect(try await harness.storedOffset("quiet") == 3)
        #expect(try await retention.prune() == 3)
    }

    @Test("more than one batch is pruned at a time")
    func batches() async throws {
        let count = Int64(Limits.outboxPruneBatchMax) + 5
        try await harness.appendTogether(1...count)
        harness.clock.step(7_200_000)
        #expect(try await retention.prune() == Int(count))
        #expect(try await harness.prunedThrough() == count)
    }

    @Test("offsets are never used twice, also after everything was pruned, and the head stays where it was")
    func offsetsNotReused() async throws {
        try await harness.append(1...3)
        try await harness.running(RowConsumer()) { try await $0.drained() }
        harness.clock.step(7_200_000)
        #expect(try await retention.prune() == 3)
        #expect(try await harness.database.read { try Outbox.head($0) } == 3)

        let reopened = try SQLiteDatabase(path: harness.folder.file("log.db"))
        _ = try await reopened.commit([Outbox.append(harness.event(subject: 4))], announcing: [.eventsAppended])
        #expect(try await offsets() == [4])
        try await harness.running(RowConsumer(), on: reopened) { try await $0.drained() }
        #expect(try await harness.effects() == [1, 2, 3, 4])
    }

    @Test("an undone append uses up no offset, so the log has no holes to wait for")
    func undone() async throws {
        let database = harness.database
        try await harness.append([1])
        let event = harness.event(subject: 2)
        await #expect(throws: Poisoned.self) {
            try await database.write { store in
                try Outbox.append(event, in: store)
                throw Poisoned()
            }
        }
        try await harness.append([3])
        #expect(try await offsets() == [1, 2])
    }
}
