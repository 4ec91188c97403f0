import Core
import EventLog
import SQL
import Testing
import TestSupport

@Suite(.timeLimit(.minutes(10))) struct ConsumerTests {
    let harness: Harness

    init() async throws {
        harness = try await Harness()
    }

    @Test("what was in the log before is handled at the start, what comes later at once")
    func wakes() async throws {
        let consumer = RowConsumer()
        try await harness.append(1...3)
        try await harness.running(consumer) { log in
            try await log.drained()
            #expect(try await harness.effects() == [1, 2, 3])
            // Idle now.
            for subject in 4...20 as ClosedRange<Int64> {
                try await harness.append([subject])
                try await log.drained()
                #expect(try await harness.effects() == Array(1...subject))
            }
        }
    }

    @Test("a commit alone wakes an idle consumer")
    func wakesByItself() async throws {
        let consumer = RowConsumer()
        let log = EventLog(database: harness.database, clock: harness.clock.wall, logger: harness.logger)
        let runner = log.add(consumer)
        try await runner.prepare()
        let running = Task { try await runner.run() }
        for subject in 1...20 as ClosedRange<Int64> {
            try await harness.append([subject])
            try await runner.waitUntilProcessed(try await log.head())
            #expect(try await harness.effects().last == subject)
        }
        running.cancel()
        try await running.value
    }

    @Test("what comes while a group handles or rests is handled though nobody waits for it, in fewer batches")
    func comesMeanwhile() async throws {
        let consumer = RowConsumer()
        let log = EventLog(database: harness.database, clock: harness.clock.wall, logger: harness.logger)
        let runner = log.add(consumer)
        try await runner.prepare()
        let running = Task { try await runner.run() }
        let subjects: ClosedRange<Int64> = 1...300
        for subject in subjects { try await harness.append([subject]) }
        let deadline = ContinuousClock.now + .seconds(60)
        while runner.processed < subjects.upperBound, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(try await harness.effects() == Array(subjects))
        #expect(consumer.batchSizes.count < subjects.count)
        running.cancel()
        try await running.value
    }

    @Test("events come in order, in batches, each applied once, and other topics are passed over")
    func order() async throws {
        let consumer = RowConsumer()
        let count = Int64(Limits.consumerBatchMax) * 2 + 100
        try await harness.appendTogether(1...count)
        try await harness.append([-1], kind: .postPublished)
        try await harness.running(consumer) { log in
            try await log.drained()
            #expect(try await harness.effects() == Array(1...count))
            #expect(consumer.attempts(1) == 1)
            try await harness.append([count + 1])
            try await log.drained()
        }
        #expect(try await harness.effects().count == Int(count) + 1)
        #expect(try await harness.storedOffset("rows") == count + 2)
    }

    @Test("events that stand for many facts come in smaller batches")
    func manyFacts() async throws {
        let consumer = RowConsumer()
        let list = [Int64](repeating: 1, count: Limits.consumerBatchFactsMax - 1)
        let statements = (1...5).map {
            Outbox.append(harness.event(.followsImported, subject: $0, list: list))
        }
        _ = try await harness.database.commit(statements, announcing: [.eventsAppended])
        try await harness.running(consumer) { try await $0.drained() }
        #expect(consumer.batchSizes == [2, 2, 1])
        #expect(try await harness.effects() == [1, 2, 3, 4, 5])
    }

    @Test("effects and offset stand or fall together")
    func atomicity() async throws {
        let poisoned = RowConsumer(poison: [3])
        try await harness.appendTogether(1...5)
        let offset = try await harness.running(poisoned) { log in
            try await log.drained()
            return try await harness.storedOffset("rows")
        }
        // The batch was undone with its first two effects, then each event had its turn; 3 left nothing behind.
        #expect(offset == 5)
        #expect(poisoned.attempts(1) == 2)
        #expect(try await harness.effects() == [1, 2, 4, 5])
    }

    @Test("after a restart a stored group goes on at its offset")
    func restart() async throws {
        for round in 0..<4 as Range<Int64> {
            let consumer = RowConsumer()
            let reopened = try SQLiteDatabase(path: harness.folder.file("log.db"))
            try await harness.append((round * 10)..<(round * 10 + 10))
            try await harness.running(consumer, on: reopened) { try await $0.drained() }
            #expect(consumer.attempts(round * 10 - 1) == 0)
            try await reopened.close()
        }
        #expect(try await harness.effects() == Array(0..<40))
    }

    @Test("a consumer in memory starts at the head of the log")
    func volatileStart() async throws {
        let consumer = MemoryConsumer()
        try await harness.append(1...3)
        try await harness.running(consumer) { log in
            try await log.drained()
            #expect(consumer.subjects.isEmpty)
            try await harness.append(4...6)
            try await log.drained()
            #expect(consumer.subjects == [4, 5, 6])
        }
        #expect(try await harness.storedOffset("memory") == nil)
    }

    @Test("groups do not wait for each other, and each keeps its own offset")
    func groups() async throws {
        let (slow, quick) = (RowConsumer("slow", poison: [1]), RowConsumer("quick"))
        try await harness.append(1...2)
        try await harness.running(slow, quick) { log in
            try await log.drained()
            #expect(slow.attempts(2) > 0)
            // Where its transaction is shared with one that fails, it runs again, and as a whole: no event of it had to come alone.
            #expect(quick.batchSizes.allSatisfy { $0 == 2 } && quick.attempts(1) <= 2)
        }
        #expect(try await harness.storedOffset("slow") == 2)
        #expect(try await harness.storedOffset("quick") == 2)
        #expect(try await harness.effects().sorted() == [1, 2, 2])
    }

    @Test("events of a kind this binary does not know do not hide those after them")
    func unknownKinds() async throws {
        let rows = Int64(Limits.consumerBatchMax) + 10
        try await harness.database.write { store in
            _ = try store.execute(
                """
                INSERT INTO outbox (topic, kind, key, subject, object, position, flags, occurred_at)
                SELECT 2, 39, 1, 0, 0, 0, 0, 0 FROM generate_rows
                """.replacing(
                    "generate_rows",
                    with: """
                        (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(rows))
                        SELECT i FROM n)
                        """), [])
        }
        try await harness.append([7])
        try await harness.running(RowConsumer()) { try await $0.drained() }
        #expect(try await harness.effects() == [7])
    }

    @Test("lists of ids survive the log")
    func lists() async throws {
        let list: [Int64] = [0, 1, -1, .max, .min]
        let event = harness.event(subject: 1, list: list)
        _ = try await harness.database.commit([Outbox.append(event)], announcing: [])
        let read = try await harness.database.read { try Outbox.events(after: 0, topics: [.graph], limit: 10, $0) }
        #expect(read.map(\.list) == [list])
        #expect(read.map(\.offset) == [1])
    }

    @Test("what is only counted or told is no news of a feed")
    func keysOfFeeds() async throws {
        for kind in [EventKind.followed, .reacted, .notified, .postPublished, .accountUpdated, .viewed] {
            try await harness.append([1], kind: kind)
        }
        let told = try await harness.database.read {
            try Outbox.events(ofKeys: [1], after: 0, through: .max, limit: 10, $0)
        }
        #expect(told.map(\.kind) == [.followed, .postPublished, .accountUpdated])
    }

    @Test("the hot queries of the log go by index")
    func plans() async throws {
        let plans = try await harness.database.read { store in
            let reader = PlanningReader(store)
            _ = try Outbox.events(after: 5, topics: [.graph], limit: 10, reader)
            _ = try Outbox.events(ofKeys: [1, 2], after: 5, through: 10, limit: 10, reader)
            _ = try Outbox.head(reader)
            return reader.plans
        }
        #expect(plans.contains { $0.contains("SEARCH outbox USING INTEGER PRIMARY KEY (rowid>?)") })
        #expect(
            plans.contains {
                $0.contains("SEARCH o USING INDEX outbox_by_key (key=? AND event_offset>? AND event_offset<?)")
            })
        #expect(!plans.contains { $0.contains("SCAN o") })
    }
}
