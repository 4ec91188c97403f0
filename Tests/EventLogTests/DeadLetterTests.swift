import Core
import SQL
import Testing
import TestSupport

@testable import EventLog

@Suite(.timeLimit(.minutes(10))) struct DeadLetterTests {
    let harness: Harness

    init() async throws {
        harness = try await Harness()
    }

    @Test("an event that keeps failing is set aside, and those after it are handled")
    func poison() async throws {
        let consumer = RowConsumer(poison: [2])
        try await harness.appendTogether(1...4)
        let letters = try await harness.running(consumer) { log in
            try await log.drained()
            return try await log.deadLetters.list()
        }
        #expect(try await harness.effects() == [1, 3, 4])
        let letter = try #require(letters.first)
        #expect(letters.count == 1)
        #expect(letter.group == "rows")
        #expect(letter.event.subject == 2)
        #expect(letter.event.offset == 2)
        #expect(letter.attempts == Limits.consumerAttemptsMax)
        #expect(letter.reason.contains("Poisoned"))
        #expect(letter.diedAt == harness.clock.now)
        // Once in the batch, then alone as often as allowed.
        #expect(consumer.attempts(2) == Limits.consumerAttemptsMax + 1)
    }

    @Test("an event whose row was pruned becomes a letter all the same")
    func pruned() async throws {
        let event = harness.event(.followsImported, subject: 7, list: [1, 2])
        _ = try await harness.database.commit([Outbox.append(event)], announcing: [])
        let read = try await harness.database.read { try Outbox.events(after: 0, topics: [.graph], limit: 1, $0) }
        _ = try await harness.database.write { try $0.execute("DELETE FROM outbox", []) }
        let letters = DeadLetters(database: harness.database, clock: harness.clock.wall)
        try await letters.bury(read, group: "rows", reason: "no", attempts: 5) { _ in }
        let buried = try await letters.list()
        #expect(buried.map(\.event) == read && buried.map(\.event.list) == [[1, 2]])
        #expect(buried.map(\.attempts) == [5])
    }

    @Test("a poison event is not tried again after a restart")
    func restart() async throws {
        try await harness.append(1...2)
        try await harness.running(RowConsumer(poison: [2])) { try await $0.drained() }
        let second = RowConsumer(poison: [2])
        try await harness.running(second) { try await $0.drained() }
        #expect(second.attempts(2) == 0)
    }

    @Test("replay applies what is cured, once, and keeps the rest")
    func replay() async throws {
        let consumer = RowConsumer(poison: [2, 3])
        try await harness.append(1...3)
        try await harness.running(consumer) { log in
            try await log.drained()
            #expect(try await log.replayDeadLetters() == (0, 2))
            #expect(try await harness.effects() == [1])
            consumer.cure()
            #expect(try await log.replayDeadLetters() == (2, 0))
            #expect(try await harness.effects() == [1, 2, 3])
            #expect(try await log.deadLetters.list().isEmpty)
            #expect(try await log.replayDeadLetters() == (0, 0))
        }
        #expect(try await harness.effects() == [1, 2, 3])
        #expect(try await harness.storedOffset("rows") == 3)
    }

    /// Makes letters of events that are in the log.
    private func plant(_ group: String, _ condition: String) async throws {
        try await harness.database.write { store in
            _ = try store.execute(
                """
                INSERT INTO dead_letters (consumer_group, event_offset, topic, kind, key, subject, object, position, flags,
                    list, occurred_at, reason, attempts, died_at)
                SELECT '\(group)', event_offset, topic, kind, key, subject, object, position, flags, list, occurred_at, '',
                    1, 1
                FROM outbox WHERE \(condition)
                """, [])
        }
    }

    @Test("two replays at once apply each letter once")
    func replayedTogether() async throws {
        try await harness.appendTogether(1...200)
        try await plant("rows", "true")
        let letters = DeadLetters(database: harness.database, clock: harness.clock.wall)
        let consumer = RowConsumer()
        async let first = letters.replay(with: consumer)
        async let second = letters.replay(with: consumer)
        let (one, other) = try await (first, second)
        #expect(one.replayed + other.replayed == 200)
        #expect(one.failed + other.failed == 0)
        #expect(try await harness.effects().sorted() == Array(1...200))
        #expect(try await letters.list().isEmpty)
    }

    @Test("a group with many letters that stay does not hide those of another, nor the newer ones of its own")
    func hidden() async throws {
        try await harness.appendTogether(1...1_201)
        try await plant("stuck", "event_offset <= 1200")
        try await plant("rows", "event_offset = 1201")
        let letters = DeadLetters(database: harness.database, clock: harness.clock.wall)
        #expect(try await letters.replay(with: RowConsumer()) == (1, 0))
        let stuck = RowConsumer("stuck", poison: Set(1...1_100))
        #expect(try await letters.replay(with: stuck) == (100, 1_100))
    }

    @Test("letters of groups that are not known here are counted, so that a replay can tell of them")
    func foreign() async throws {
        try await harness.append(1...3)
        try await plant("elsewhere", "true")
        try await plant("rows", "event_offset = 1")
        let log = EventLog(database: harness.database, clock: harness.clock.wall, logger: harness.logger)
        #expect(try await log.foreignDeadLetters() == ["elsewhere": 3, "rows": 1])
        log.addGuest(RowConsumer())
        #expect(try await log.foreignDeadLetters() == ["elsewhere": 3])
        #expect(try await log.replayDeadLetters() == (1, 0))
    }

    @Test("a consumer in memory has dead letters too")
    func volatile() async throws {
        let consumer = MemoryConsumer(poison: [2])
        try await harness.running(consumer) { log in
            try await harness.append(1...3)
            try await log.drained()
            #expect(Set(consumer.subjects) == [1, 3])
            #expect(try await log.deadLetters.list().map(\.group) == ["memory"])
            consumer.cure()
            #expect(try await log.replayDeadLetters() == (1, 0))
            #expect(consumer.subjects.contains(2))
        }
    }

    @Test("each group has its own letters")
    func groups() async throws {
        try await harness.append([1])
        try await harness.running(RowConsumer("a", poison: [1]), RowConsumer("b", poison: [1])) { log in
            try await log.drained()
            #expect(Set(try await log.deadLetters.list().map(\.group)) == ["a", "b"])
        }
    }

    @Test(
        "a store that is away kills no events",
        arguments: [SQLError.Code.unavailable, .overloaded, .other])
    func storeAway(code: SQLError.Code) async throws {
        let store = FailingDatabase(harness.database)
        let (rows, memory) = (RowConsumer(), MemoryConsumer())
        try await harness.running(rows, memory, on: store) { log in
            try await log.drained()
            store.failNext(4, with: SQLError(code, "away"))
            try await harness.append(1...3)
            while store.failuresLeft > 0 { try await Task.sleep(for: .milliseconds(5)) }
            try await log.drained()
            #expect(try await log.deadLetters.list().isEmpty)
        }
        #expect(try await harness.effects() == [1, 2, 3])
        #expect(Set(memory.subjects) == [1, 2, 3])
    }

    @Test("an event whose commit fails for want of a store is applied once")
    func passingErrorInHandling() async throws {
        struct AwayConsumer: TransactionalConsumer {
            let inner: RowConsumer
            var group: String { inner.group }
            var topics: Set<Topic> { inner.topics }

            func handle(_ events: [Event], in store: any SQLWriter) throws {
                try inner.handle(events, in: store)
                if inner.attempts(1) < 5 { throw SQLError(.unavailable, "disk full") }
            }
        }
        let inner = RowConsumer()
        try await harness.append([1])
        try await harness.running(AwayConsumer(inner: inner)) { log in
            try await log.drained()
            #expect(try await log.deadLetters.list().isEmpty)
        }
        #expect(inner.attempts(1) == 5)
        #expect(try await harness.effects() == [1])
    }
}
