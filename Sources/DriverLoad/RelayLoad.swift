import ArgumentParser
import Core
import EventLog
import Kafka
import Logging
import SQL
import Synchronization

/// Commits events at a steady rate while a relay runs elsewhere, and tells how long each took from its commit to a
/// consumer of Kafka.
struct RelayLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "relay")

    @Option(help: "A migrated store of its own.") var databaseUrl: String
    @Option(help: "host:port, comma-separated.") var kafkaBrokers: String
    @Option(help: "Events a second.") var rate = 5_000
    @Option(help: "How long, after as long a warm-up of at most two seconds.") var seconds = 10

    /// Events of one transaction: 10 ms of the rate.
    private var perCommit: Int { max(1, rate / 100) }

    func run() async throws {
        let logger = Logger(label: "driver-load")
        let database = try await PostgreSQLDatabase.open(PostgreSQLSettings(url: databaseUrl), logger: logger)
        var kafka = try KafkaSettings(brokers: kafkaBrokers.split(separator: ",").map(String.init))
        // The mock brokers wait this long even with records at hand; real ones do not.
        kafka.fetchWaitMax = .milliseconds(2)
        let consumer = try KafkaConsumer(
            kafka, group: "load-\(UInt64.random(in: .min ... .max))", topics: [Topic.graph.name], logger: logger)
        let times = EventTimes(count: (seconds + 2) * rate)
        let reading = Task { try await read(consumer, into: times) }
        while !times.isReading { try await append(-1, count: 1, to: database, times) }
        try await write(to: database, times)
        for _ in 0..<500 where !times.isComplete { try await Task.sleep(for: .milliseconds(10)) }
        reading.cancel()
        await consumer.close()
        try await database.close()
        print(times.report(skipping: 2 * rate, seconds: seconds))
    }

    private func write(to database: any Database, _ times: EventTimes) async throws {
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for first in stride(from: 0, to: (seconds + 2) * rate, by: perCommit) {
                try await Task.sleep(
                    until: start.advanced(by: .seconds(Double(first) / Double(rate))), clock: .continuous)
                group.addTask { try await append(first, count: perCommit, to: database, times) }
            }
            try await group.waitForAll()
        }
    }

    private func append(_ first: Int, count: Int, to database: any Database, _ times: EventTimes) async throws {
        let events = (0..<count).map { turn in
            let number = first < 0 ? -1 : Int64(first + turn)
            return Event(.followed, key: number, subject: number, occurredAt: 0)
        }
        _ = try await database.commit(events.map(Outbox.append), announcing: [.eventsAppended])
        for event in events { times.committed(event.key) }
        if first < 0 { try await Task.sleep(for: .milliseconds(100)) }
    }

    private func read(_ consumer: KafkaConsumer, into times: EventTimes) async throws {
        while !Task.isCancelled {
            guard case .records(let partitions) = try await consumer.poll(limit: 10_000, within: .milliseconds(100))
            else {
                continue
            }
            for record in partitions.values.joined() {
                if case .event(let event) = try KafkaCodec.decode(record.value) { times.consumed(event.key) }
            }
        }
    }
}

/// When each event was committed and consumed.
private final class EventTimes: Sendable {
    private struct State {
        var committed: [ContinuousClock.Instant?]
        var consumed: [ContinuousClock.Instant?]
        var missing: Int
        var isReading = false
    }

    private let state: Mutex<State>

    init(count: Int) {
        let none = [ContinuousClock.Instant?](repeating: nil, count: count)
        state = Mutex(State(committed: none, consumed: none, missing: count))
    }

    var isReading: Bool { state.withLock { $0.isReading } }
    var isComplete: Bool { state.withLock { $0.missing == 0 } }

    func committed(_ number: Int64) {
        state.withLock { state in
            if number >= 0 { state.committed[Int(number)] = .now }
        }
    }

    func consumed(_ number: Int64) {
        state.withLock { state in
            state.isReading = true
            guard number >= 0, state.consumed[Int(number)] == nil else { return }
            state.consumed[Int(number)] = .now
            state.missing -= 1
        }
    }

    /// A line of JSON, times in milliseconds.
    func report(skipping: Int, seconds: Int) -> String {
        state.withLock { state in
            let waits = zip(state.committed, state.consumed).dropFirst(skipping).compactMap { pair -> Double? in
                guard let committed = pair.0, let consumed = pair.1 else { return nil }
                return max(.zero, consumed - committed) / .milliseconds(1)
            }.sorted()
            guard !waits.isEmpty else { return #"{"missing": \#(state.missing)}"# }
            return """
                {"missing": \(state.missing), "per_second": \(waits.count / seconds), \
                "p50": \(waits[waits.count / 2]), "p99": \(waits[waits.count * 99 / 100])}
                """
        }
    }
}
