import Core
import EventLog
import SQL
import Synchronization
import Testing
import TestSupport

/// Whoever has seen an offset of the log has seen every lower one, for good.
@Suite(.timeLimit(.minutes(10))) struct LogOrderTests {
    @Test("eight writers in two processes: nothing appears below what was seen")
    func noLateOffsets() async throws {
        try await Server.withProcesses(2) { processes in
            try await Migrator([Outbox.migration]).migrate(processes[0])
            let (writers, each) = (8, 60)
            let isWritten = Atomic<Bool>(false)
            async let followed = Self.follow(processes[1]) { isWritten.load(ordering: .acquiring) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<writers {
                    group.addTask { try await Self.write(each, as: writer, processes[writer % 2]) }
                }
                try await group.waitForAll()
            }
            isWritten.store(true, ordering: .releasing)
            let seen = try await followed
            #expect(seen.count == writers * each)
            for writer in 0..<writers {
                #expect(seen.filter { $0 / 1_000 == writer }.map { $0 % 1_000 } == Array(0..<Int64(each)))
            }
        }
    }

    /// Writes of very different lengths, so that commits overtake each other.
    private static func write(_ count: Int, as writer: Int, _ database: any Database) async throws {
        for turn in 0..<count {
            let event = Event(.followed, key: Int64(writer * 1_000 + turn), subject: 0, occurredAt: 0)
            if turn % 3 == 0 {
                try await database.write { store in
                    try Outbox.append(event, in: store)
                    _ = try store.integer("SELECT 1 FROM pg_sleep($1)", [.real(Double(turn % 5) / 1_000)])
                }
            } else {
                _ = try await database.commit([Outbox.append(event)], announcing: [.eventsAppended])
            }
        }
    }

    /// Goes on from the last offset it saw, until there is nothing more and never will be.
    private static func follow(_ database: any Database, until isOver: () -> Bool) async throws -> [Int64] {
        var (keys, offset): ([Int64], Int64) = ([], 0)
        while true {
            let wasOver = isOver()
            let after = offset
            let events = try await database.read {
                try Outbox.events(after: after, topics: [.graph], limit: 7, $0)
            }
            if wasOver, events.isEmpty { return keys }
            keys += events.map(\.key)
            offset = events.last?.offset ?? offset
        }
    }

    @Test("who has seen an event has been told what its commit changed")
    func changesFirst() async throws {
        try await Server.withProcesses(2) { processes in
            try await Migrator([Outbox.migration]).migrate(processes[0])
            let recorder = Recorder()
            processes[1].observe(recorder)
            for turn in 0..<30 as Range<Int64> {
                let change = Change.followed(follower: turn, followee: 0)
                _ = try await processes[0].commit(
                    [Outbox.append(Event(.followed, key: turn, subject: 0, occurredAt: 0))],
                    announcing: [change, .eventsAppended])
                let head = try await processes[0].read { try Outbox.head($0) }
                try await processes[1].waitUntilApplied(head, timeout: .seconds(60))
                #expect(recorder.changes.contains(change))
            }
            #expect(recorder.changes.contains(.eventsAppended))
            #expect(try await processes[0].confirmedHead() == processes[0].read { try Outbox.head($0) })
        }
    }
}
