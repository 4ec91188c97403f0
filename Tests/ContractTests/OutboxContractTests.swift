import Core
import EventLog
import SQL
import Testing
import TestSupport

/// Commit order is not id order: whoever reads the log by offset must still see every event.
@Suite(.timeLimit(.minutes(10))) struct OutboxContractTests {
    @Test(
        "a reader that goes on from the last offset it saw misses nothing", arguments: Implementation<any Database>.all)
    func tailing(implementation: Implementation<any Database>) async throws {
        try await implementation.open { database in
            try await Migrator([Outbox.migration]).migrate(database)
            let (writers, each) = (8, 50)
            async let read = Self.tail(database, until: writers * each)
            let outcomes = await Race.run(writers) { writer in
                for turn in 0..<each {
                    let event = Event(.followed, key: Int64(writer), subject: Int64(turn), occurredAt: 0)
                    if turn.isMultiple(of: 2) {
                        _ = try await database.commit([Outbox.append(event)], announcing: [.eventsAppended])
                    } else {
                        try await database.write { try Outbox.append(event, in: $0) }
                    }
                }
            }
            #expect(outcomes.errors.isEmpty)
            let events = try await read
            #expect(Set(events.map(\.offset)).count == writers * each)
            for writer in 0..<writers {
                let own = events.filter { $0.key == Int64(writer) }.map(\.subject)
                #expect(own == (0..<each).map(Int64.init), "events of one key are in order")
            }
        }
    }

    private static func tail(_ database: any Database, until count: Int) async throws -> [Event] {
        var events: [Event] = []
        while events.count < count {
            let last = events.last?.offset ?? 0
            events += try await database.read { try Outbox.events(after: last, topics: [.graph], limit: 7, $0) }
            await Task.yield()
        }
        return events
    }

    @Test("events of chosen keys, between two offsets", arguments: Implementation<any Database>.all)
    func keys(implementation: Implementation<any Database>) async throws {
        try await implementation.open { database in
            try await Migrator([Outbox.migration]).migrate(database)
            for number in 0..<30 as Range<Int64> {
                let event = Event(.followed, key: number % 3, subject: number, list: [number], occurredAt: 5)
                _ = try await database.commit([Outbox.append(event)], announcing: [])
            }
            let all = try await database.read { try Outbox.events(after: 0, topics: [.graph], limit: 100, $0) }
            let some = try await database.read { store in
                try Outbox.events(
                    ofKeys: [0, 2, 77], after: all[9].offset, through: all[20].offset, limit: 100, store)
            }
            #expect(some == all[10...20].filter { $0.key != 1 })
            #expect(try await database.read { try Outbox.head($0) } == all.last?.offset)
        }
    }
}
