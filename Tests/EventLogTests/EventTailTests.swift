import Core
import SQL
import Testing
import TestSupport

@testable import EventLog

@Suite(.timeLimit(.minutes(10))) struct EventTailTests {
    let harness: Harness
    let store: CountingDatabase
    let tail: EventTail

    init() async throws {
        harness = try await Harness()
        store = CountingDatabase(harness.database)
        tail = EventTail(database: store)
    }

    private func subjects(after offset: Int64, limit: Int = 100) async throws -> [Int64] {
        try await tail.events(after: offset, topics: [.graph], limit: limit).events.map(\.subject)
    }

    /// Makes it know where the log ends; from there on it keeps what is appended.
    private func begin() async throws {
        _ = try await subjects(after: harness.database.read { try Outbox.head($0) })
    }

    @Test("what was appended is read once, for however many ask, at once or later")
    func sharing() async throws {
        try await begin()
        try await harness.append(1...5)
        tail.noteAppended()
        let before = store.reads
        let tail = tail
        try await withThrowingTaskGroup(of: [Int64].self) { group in
            for _ in 0..<8 {
                group.addTask { try await tail.events(after: 0, topics: [.graph], limit: 100).events.map(\.subject) }
            }
            for try await found in group { #expect(found == [1, 2, 3, 4, 5]) }
        }
        #expect(try await subjects(after: 3) == [4, 5])
        #expect(try await subjects(after: 5) == [])
        #expect(store.reads == before + 1)
    }

    @Test("what is appended once it was read is read when that is told")
    func telling() async throws {
        try await begin()
        try await harness.append(1...2)
        tail.noteAppended()
        #expect(try await subjects(after: 0) == [1, 2])
        try await harness.append([3])
        #expect(try await subjects(after: 2) == [])
        tail.noteAppended()
        #expect(try await subjects(after: 2) == [3])
    }

    @Test("topics and limits are kept to, and the head is that of the whole log")
    func filtering() async throws {
        try await begin()
        try await harness.append(1...3)
        try await harness.append([4], kind: .postPublished)
        tail.noteAppended()
        #expect(try await subjects(after: 0, limit: 2) == [1, 2])
        let found = try await tail.events(after: 0, topics: [.posts], limit: 100)
        #expect(found.events.map(\.subject) == [4])
        #expect(found.head == 4)
    }

    @Test("a topic without news in what is kept is looked for in what is not read yet")
    func otherTopics() async throws {
        try await begin()
        try await harness.append(1...3)
        tail.noteAppended()
        #expect(try await subjects(after: 0) == [1, 2, 3])
        try await harness.append([4], kind: .postPublished)
        tail.noteAppended()
        #expect(try await tail.events(after: 0, topics: [.posts], limit: 100).events.map(\.subject) == [4])
    }

    @Test("a group further behind than what is kept reads the store")
    func fallenBehind() async throws {
        try await harness.append(1...3)
        try await begin()
        try await harness.append([4])
        tail.noteAppended()
        #expect(try await subjects(after: 3) == [4])
        #expect(try await subjects(after: 0) == [1, 2, 3, 4])
    }

    @Test("it keeps no more than its bounds, and nothing is lost over them", arguments: [false, true])
    func bounds(isHeavy: Bool) async throws {
        try await begin()
        let list = isHeavy ? [Int64](repeating: 1, count: Limits.eventTailFactsMax / 2) : []
        let count = isHeavy ? 5 : Int64(Limits.eventTailMax) * 2 + 100
        let events = (1...count).map { Outbox.append(harness.event(subject: $0, list: list)) }
        _ = try await harness.database.commit(events, announcing: [])
        tail.noteAppended()
        var found: [Int64] = []
        while true {
            let next = try await subjects(after: Int64(found.count), limit: 1_000)
            guard !next.isEmpty else { break }
            found += next
        }
        #expect(found == Array(1...count))
        let (kept, facts) = await (tail.keptCount, tail.keptFacts)
        #expect(kept <= 2 * Limits.eventTailMax)
        #expect(facts <= Limits.eventTailFactsMax)
    }

    @Test("who waits for a reading that fails tries again")
    func failure() async throws {
        let failing = FailingDatabase(harness.database)
        let tail = EventTail(database: failing)
        try await harness.append(1...2)
        failing.failNext(1, with: SQLError(.unavailable, "away"))
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    do { return try await tail.events(after: 0, topics: [.graph], limit: 9).events.count == 2 } catch {
                        return false
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 } == 3)
    }
}
