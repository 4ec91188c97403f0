import Core
import EventLog
import Kafka
import SQL
import Testing
import TestServers
import TestSupport

@Suite(.timeLimit(.minutes(4))) struct RunnerTests {
    let harness: LogHarness

    init() async throws {
        harness = try await LogHarness()
    }

    /// Publishes what is in the outbox, from `offset` on, whatever was published before.
    private func publish(again: Bool = false) async throws {
        if again {
            _ = try await harness.database.commit(
                [Statement("DELETE FROM consumer_offsets WHERE consumer_group = 'kafka-relay'")], announcing: [])
        }
        try await harness.database.commitFreeLease()
        let lease = harness.lease("r\(UInt64.random(in: 0 ... .max))")
        let head = try await harness.head()
        try await harness.running(lease, harness.relay(lease)) {
            try await eventually {
                try await harness.database.read { store in
                    try store.integer("SELECT event_offset FROM consumer_offsets WHERE consumer_group = 'kafka-relay'")
                } == head
            }
        }
    }

    @Test("every event has its effect once, in order for each key, and quiet partitions are known to be up to date")
    func once() async throws {
        let runner = harness.runner(RowConsumer())
        let lease = harness.lease("a")
        try await harness.running(lease, harness.relay(lease), runner) {
            try await harness.append(1..<1_001)
            try await harness.append(1_001..<1_006, kind: .postPublished)
            // Of a topic that the group does not read.
            try await harness.append(1_006..<1_010, kind: .accountUpdated)
            try await runner.waitUntilProcessed(1_009)
        }
        let effects = try await harness.effects()
        #expect(effects.sorted() == Array(1..<1_006))
        // One topic: between topics there is no order.
        #expect(effects.filter { $0 < 1_001 }.isInOrderByKey)
    }

    @Test("another community on the same brokers takes no event away, and none of its has an effect here")
    func communities() async throws {
        // Its process is a member of a group of the same name, and takes whatever it is given.
        let other = Reader(try harness.cluster.consumer("rows", Topic.graph.name, Topic.posts.name))
        try await eventually { !other.partitions.isEmpty }
        let producer = try harness.cluster.producer()
        let foreign = (1...30 as ClosedRange<Int64>).map { number in
            KafkaRecord(
                topic: Topic.graph.name, key: Array("\(number)".utf8),
                value: KafkaCodec.bytes(
                    of: Event(.followed, key: number, subject: -number, occurredAt: 1, offset: 1_000_000), store: 1))
        }
        try await producer.produce(foreign)
        let runner = harness.runner(RowConsumer())
        let lease = harness.lease("a")
        try await harness.running(lease, harness.relay(lease), runner) {
            try await harness.append(1..<301)
            try await runner.waitUntilProcessed(300)
        }
        #expect(try await harness.effects().sorted() == Array(1..<301))
        await other.close()
        await producer.close()
    }

    @Test("what is published twice has its effect once")
    func repetitions() async throws {
        try await harness.append(1..<301)
        for round in 0..<3 { try await publish(again: round > 0) }
        let runner = harness.runner(RowConsumer())
        let lease = harness.lease("a")
        try await harness.database.commitFreeLease()
        try await harness.running(lease, harness.relay(lease), runner) {
            try await harness.append(301..<311)
            try await runner.waitUntilProcessed(310)
        }
        #expect(try await harness.effects().sorted() == Array(1..<311))
    }

    @Test("a consumer that ends between its effect and its commit to Kafka repeats nothing")
    func crashes() async throws {
        let total: Int64 = 1_500
        let lease = harness.lease("a")
        try await harness.running(lease, harness.relay(lease)) {
            try await harness.append(1..<(total + 1))
            var reached = 0
            while reached < total {
                // Cancelled at some place, mostly before anything was committed to Kafka.
                let goal = min(reached + 300, Int(total))
                try await harness.running(harness.runner(RowConsumer())) {
                    try await eventually { try await harness.effects().count >= goal }
                }
                reached = try await harness.effects().count
            }
        }
        let effects = try await harness.effects()
        #expect(effects.sorted() == Array(1..<(total + 1)))
        #expect(effects.isInOrderByKey)
    }

    @Test("two runners of a group share the work, and one of them may come and go")
    func sharing() async throws {
        let lease = harness.lease("a")
        let first = harness.runner(RowConsumer())
        try await harness.running(lease, harness.relay(lease), first) {
            for round in 0..<2 as Range<Int64> {
                try await harness.running(harness.runner(RowConsumer())) {
                    let from = round * 600 + 1
                    for start in stride(from: from, to: from + 600, by: 100) {
                        try await harness.append(start..<(start + 100))
                    }
                    try await eventually { try await harness.effects().count >= Int(from) + 99 }
                }
            }
            try await first.waitUntilProcessed(1_200)
        }
        let effects = try await harness.effects()
        #expect(effects.sorted() == Array(1..<1_201))
        #expect(effects.isInOrderByKey)
    }

    @Test("a runner whose watermark another has moved drops its work and goes on from there")
    func takenOver() async throws {
        let runner = harness.runner(RowConsumer())
        let lease = harness.lease("a")
        try await harness.running(lease, harness.relay(lease), runner) {
            try await harness.append(1..<101)
            try await runner.waitUntilProcessed(100)
            // Another process had the partitions meanwhile, and has applied what is to come up to 150.
            try await harness.database.write { store in
                _ = try store.execute("UPDATE consumer_watermarks SET event_offset = 150", [])
            }
            try await harness.append(101..<201)
            try await runner.waitUntilProcessed(200)
        }
        #expect(try await harness.effects().sorted() == Array(1..<101) + Array(151..<201))
    }

    @Test("an event that keeps failing becomes a dead letter, and those after it have their effect")
    func poison() async throws {
        let runner = harness.runner(RowConsumer(poison: [7, 12]))
        let lease = harness.lease("a")
        try await harness.running(lease, harness.relay(lease), runner) {
            try await harness.append(1..<31)
            try await runner.waitUntilProcessed(30)
        }
        #expect(try await harness.effects().sorted() == (1..<31).filter { $0 != 7 && $0 != 12 })
        let letters = try await DeadLetters(database: harness.database, clock: harness.clock.wall).list()
        #expect(letters.map(\.event.subject) == [7, 12])
        #expect(letters.map(\.attempts) == [Limits.consumerAttemptsMax, Limits.consumerAttemptsMax])
    }

    @Test("a store that is away kills no events", arguments: [SQLError.Code.unavailable, .overloaded])
    func storeAway(code: SQLError.Code) async throws {
        let store = FailingDatabase(harness.database)
        let runner = harness.runner(RowConsumer(), on: store)
        let lease = harness.lease("a")
        try await harness.running(lease, harness.relay(lease), runner) {
            try await harness.append(1..<11)
            try await runner.waitUntilProcessed(10)
            store.failNext(5, with: SQLError(code, "away"))
            try await harness.append(11..<101)
            try await eventually { store.failuresLeft == 0 }
            try await runner.waitUntilProcessed(100)
        }
        #expect(try await harness.effects().sorted() == Array(1..<101))
        #expect(try await DeadLetters(database: harness.database, clock: harness.clock.wall).list().isEmpty)
    }

    @Test("partitions that go to another and come back while the store is away are read on")
    func rebalancedWhileAway() async throws {
        let store = FailingDatabase(harness.database)
        let first = harness.runner(RowConsumer(), on: store)
        let lease = harness.lease("a")
        try await harness.running(lease, harness.relay(lease), first) {
            try await harness.append(1..<31)
            try await first.waitUntilProcessed(30)
            store.failNext(1_000_000, with: SQLError(.unavailable, "away"))
            try await harness.append(31..<61)
            try await eventually { store.failuresLeft < 1_000_000 }
            try await harness.running(harness.runner(RowConsumer())) {
                // The other works on what it was given; the rest waits.
                try await eventually { try await harness.effects().count > 30 }
                store.failNext(0, with: SQLError(.unavailable, "away"))
                try await first.waitUntilProcessed(60)
            }
            try await harness.append(61..<91)
            try await first.waitUntilProcessed(90)
        }
        #expect(try await harness.effects().sorted() == Array(1..<91))
    }

    @Test("a record that is no event is passed over")
    func foreign() async throws {
        let producer = try harness.cluster.producer()
        try await producer.produce(
            (0..<20).map { KafkaRecord(topic: Topic.graph.name, key: [$0], value: Array(repeating: $0 % 2, count: 5)) })
        let runner = harness.runner(RowConsumer())
        let lease = harness.lease("a")
        try await harness.running(lease, harness.relay(lease), runner) {
            try await harness.append(1..<51)
            try await runner.waitUntilProcessed(50)
        }
        #expect(try await harness.effects().sorted() == Array(1..<51))
    }

    @Test("a group that read the outbox itself goes on where it left off")
    func fromEmbedded() async throws {
        try await harness.append(1..<21)
        try await harness.database.write { store in
            _ = try store.execute("INSERT INTO consumer_offsets (consumer_group, event_offset) VALUES ('rows', 15)", [])
        }
        let runner = harness.runner(RowConsumer())
        let lease = harness.lease("a")
        try await harness.running(lease, harness.relay(lease), runner) { try await runner.waitUntilProcessed(20) }
        #expect(try await harness.effects().sorted() == Array(16..<21))
    }
}
