import EventLog
import SQL
import Synchronization
import Testing
import TestSupport

/// What it is to have handled everything where other processes handle events, too.
@Suite(.timeLimit(.minutes(10))) struct DrainTests {
    let harness: Harness

    init() async throws {
        harness = try await Harness()
    }

    private final class Done: Sendable {
        private let state = Atomic(false)

        var isDone: Bool { state.load(ordering: .relaxed) }

        func note() { state.store(true, ordering: .relaxed) }
    }

    /// Asks a process that has no groups, and moves the others' only then.
    private func expectWaiting(_ places: String, _ move: () async throws -> Void) async throws {
        try await harness.append(1...3)
        try await harness.database.write { _ = try $0.execute(places, []) }
        let log = EventLog(
            database: harness.database, clock: harness.clock.wall, logger: harness.logger, hasNeighbours: true)
        let done = Done()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await log.drained()
                done.note()
            }
            try await Task.sleep(for: .milliseconds(100))
            #expect(!done.isDone)
            try await move()
            try await group.waitForAll()
        }
        #expect(done.isDone)
    }

    @Test("groups of other processes are waited for by the places that they store")
    func neighbours() async throws {
        let places = """
            INSERT INTO consumer_offsets (consumer_group, event_offset) VALUES ('rows', 0), ('kafka-relay', 0)
            """
        try await expectWaiting(places) {
            try await harness.running(RowConsumer()) { try await $0.drained() }
        }
        #expect(try await harness.effects() == [1, 2, 3])
    }

    @Test("so are groups that read from Kafka, in all of their partitions")
    func partitions() async throws {
        let places = """
            INSERT INTO consumer_watermarks (consumer_group, topic, partition_number, event_offset)
            VALUES ('kafka', 't', 0, 3), ('kafka', 't', 1, 2)
            """
        try await expectWaiting(places) {
            try await harness.database.write {
                _ = try $0.execute("UPDATE consumer_watermarks SET event_offset = 3", [])
            }
        }
    }
}
