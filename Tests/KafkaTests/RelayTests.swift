import EventLog
import Kafka
import Logging
import SQL
import Synchronization
import Telemetry
import Testing
import TestServers
import TestSupport

@Suite(.timeLimit(.minutes(4))) struct RelayTests {
    let harness: LogHarness

    init() async throws {
        harness = try await LogHarness()
    }

    private func saved() async throws -> Int64 {
        try await harness.database.read { store in
            try store.integer("SELECT event_offset FROM consumer_offsets WHERE consumer_group = 'kafka-relay'")
        }
    }

    @Test("every event is published to its topic, in order for each key")
    func order() async throws {
        let lease = harness.lease("a")
        try await harness.append(1..<501)
        try await harness.running(lease, harness.relay(lease)) {
            try await harness.append(501..<1_001, kind: .postPublished)
            try await harness.append(1_001..<1_501)
            try await eventually { try await saved() == 1_500 }
        }
        let graph = try await harness.published(.graph, atLeast: 1_000)
        #expect(graph.joined().map(\.subject).sorted() == Array(1..<501) + Array(1_001..<1_501))
        #expect(graph.allSatisfy { $0.map(\.offset) == $0.map(\.offset).sorted() })
        #expect(graph.count == harness.partitions)
        let posts = try await harness.published(.posts, atLeast: 500)
        #expect(posts.joined().map(\.subject).sorted() == Array(501..<1_001))
    }

    @Test("over restarts in the midst of it nothing is left out: each partition repeats stretches at most")
    func restarts() async throws {
        let total: Int64 = 3_000
        let appending = Task { try await harness.append(1..<(total + 1)) }
        for round in 0..<12 {
            let lease = harness.lease("r\(round)")
            try await harness.running(lease, harness.relay(lease)) {
                let goal = try await saved() + 100
                try await eventually { try await saved() >= min(goal, total) }
            }
            try await harness.database.commitFreeLease()
        }
        try await appending.value
        let lease = harness.lease("last")
        try await harness.running(lease, harness.relay(lease)) { try await eventually { try await saved() == total } }
        for events in try await harness.published(atLeast: Int(total)) { #expect(events.hasNoGaps) }
    }

    @Test("of two relays one works, and the other takes over when it goes")
    func failover() async throws {
        let (first, second) = (harness.lease("a"), harness.lease("b"))
        try await harness.running(second, harness.relay(second)) {
            try await eventually { second.epoch != nil }
            try await harness.running(first, harness.relay(first)) {
                try await harness.append(1..<201)
                try await eventually { try await saved() == 200 }
                // On a busy machine the lease may lapse, and go to the other; both never hold it.
                #expect(first.epoch == nil || second.epoch == nil)
            }
        }
        try await harness.running(first, harness.relay(first)) {
            try await harness.append(201..<401)
            try await eventually { try await saved() == 400 }
        }
        let events = try await harness.published(atLeast: 400)
        #expect(events.joined().map(\.subject).sorted() == Array(1..<401))
    }

    @Test("two relays at once, as after a stop, publish repetitions but no gaps, and never move back")
    func twoAtOnce() async throws {
        // Two names for what should be one lease: both believe they hold it.
        let leases = ["a", "b"].map {
            WorkLease("relay-\($0)", holder: $0, database: harness.database, logger: harness.cluster.logger)
        }
        try await harness.running(leases[0], leases[1], harness.relay(leases[0]), harness.relay(leases[1])) {
            for start in stride(from: Int64(1), to: 2_001, by: 100) { try await harness.append(start..<(start + 100)) }
            var last: Int64 = 0
            try await eventually {
                let now = try await saved()
                #expect(now >= last)
                last = now
                return now == 2_000
            }
        }
        for events in try await harness.published(atLeast: 2_000) { #expect(events.hasNoGaps) }
    }

    @Test("events wait for brokers that are away")
    func outage() async throws {
        let lease = harness.lease("a")
        try await harness.running(lease, harness.relay(lease)) {
            try await harness.append(1..<101)
            try await eventually { try await saved() == 100 }
            try harness.cluster.mock.downAll()
            try await harness.append(101..<401)
            try harness.cluster.mock.upAll()
            try await eventually { try await saved() == 400 }
        }
        for events in try await harness.published(atLeast: 400) { #expect(events.hasNoGaps) }
    }

    @Test("the backlog is told also while no broker answers")
    func backlog() async throws {
        let lease = harness.lease("a")
        let registry = MetricsRegistry()
        let relay = OutboxRelay(
            database: harness.database, topics: harness.topics, lease: lease, clock: harness.clock.wall,
            logger: harness.cluster.logger, metrics: registry)
        func backlogIs(_ count: Int) -> Bool {
            registry.prometheusText().contains("\nstarling_relay_backlog \(count).0\n")
        }
        try await harness.running(lease, relay) {
            try await harness.append(1..<101)
            try await eventually { try await saved() == 100 }
            try harness.cluster.mock.downAll()
            // More than may be on its way: from then on the relay only waits.
            try await harness.append(101..<9_101)
            try await eventually { backlogIs(9_000) }
            try await harness.append(9_101..<9_201)
            try await eventually { backlogIs(9_100) }
            try harness.cluster.mock.upAll()
            try await eventually { try await saved() == 9_200 && backlogIs(0) }
        }
    }

    @Test("a producer that gets no confirmation for too long is given up, and nothing is left out")
    func unconfirmed() async throws {
        let lease = harness.lease("a")
        let warnings = WarningCounter()
        let relay = OutboxRelay(
            database: harness.database, topics: harness.topics, lease: lease, clock: harness.clock.wall,
            logger: Logger(label: "test") { _ in warnings }, silenceMax: .seconds(2))
        try await harness.running(lease, relay) {
            for round in 0..<Int64(3) {
                let start = 1 + round * 400
                try await harness.append(start..<(start + 100))
                try await eventually { try await saved() == start + 99 }
                let before = warnings.count("relay starts again")
                // What is sent now is kept, but confirmed only much later.
                try harness.cluster.mock.roundTrip(1, milliseconds: 8_000)
                try await harness.append((start + 100)..<(start + 400))
                try await eventually { warnings.count("relay starts again") > before }
                try harness.cluster.mock.roundTrip(1, milliseconds: 0)
                try await eventually { try await saved() == start + 399 }
            }
        }
        for events in try await harness.published(atLeast: 1_200) { #expect(events.hasNoGaps) }
    }

    @Test("retention keeps what is not published")
    func retention() async throws {
        let lease = harness.lease("a")
        try await harness.running(lease, harness.relay(lease)) {
            try await harness.append(1..<11)
            try await eventually { try await saved() == 10 }
        }
        try await harness.append(11..<21)
        harness.clock.step(1_000_000)
        let retention = OutboxRetention(
            database: harness.database, retention: .seconds(1), clock: harness.clock.wall,
            logger: harness.cluster.logger)
        #expect(try await retention.prune() == 10)
    }
}

private final class WarningCounter: LogHandler {
    private let texts = Mutex<[String]>([])

    func count(_ text: String) -> Int { texts.withLock { $0.filter { $0 == text }.count } }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .warning }
        set {}
    }

    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) { texts.withLock { $0.append("\(event.message)") } }
}

extension SQLiteDatabase {
    /// As if the time of the lease were over.
    func commitFreeLease() async throws {
        _ = try await commit([Statement("UPDATE work_leases SET held_until = 0")], announcing: [])
    }
}

extension [Event] {
    /// Whether each event comes first after all of the partition's events before it in the outbox.
    var hasNoGaps: Bool {
        let expected = Set(map(\.offset)).sorted()
        var seen = 0
        for event in self where seen < expected.count && event.offset >= expected[seen] {
            guard event.offset == expected[seen] else { return false }
            seen += 1
        }
        return seen == expected.count
    }
}
