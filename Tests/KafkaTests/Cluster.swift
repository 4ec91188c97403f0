import CRdKafka
@testable import Kafka
import Logging
import Synchronization
import TestServers

/// A cluster of mock brokers, and clients of it.
struct Cluster {
    let mock: MockKafka
    let settings: KafkaSettings
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    init(brokers: Int = 1) throws {
        mock = try MockKafka(brokers: brokers)
        var settings = try KafkaSettings(brokers: mock.brokers, clientID: "tests")
        settings.statisticsPeriod = .seconds(1)
        settings.fetchWaitMax = .milliseconds(20)
        // The mock brokers rebalance a second before this is over, and take three for the first time.
        settings.memberSilenceMax = .seconds(4)
        self.settings = settings
    }

    func producer() throws -> KafkaProducer {
        try KafkaProducer(settings, logger: logger)
    }

    func consumer(_ group: String = "readers", _ topics: String...) throws -> KafkaConsumer {
        try KafkaConsumer(settings, group: group, topics: topics, logger: logger)
    }
}

struct Late: Error {}

/// Waits until `condition` holds, for at most two minutes.
func eventually(_ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(120)
    while try await !condition() {
        guard .now < deadline else { throw Late() }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// Waits for what was sent over an outage. librdkafka's idempotent producer now and then never goes on once the brokers are back
/// (seen with 2.0.2 and its mock); as the relay does, a silent one is given up for another, which sends again.
/// - Returns: whether the first was heard.
@discardableResult
func settle(_ sending: Task<Void, any Error>, else again: () async throws -> Void) async throws -> Bool {
    let isSent = try await withThrowingTaskGroup(of: Bool.self) { group in
        group.addTask {
            try await sending.value
            return true
        }
        group.addTask {
            try await Task.sleep(for: .seconds(10))
            return false
        }
        let isSent = try await group.next() ?? false
        group.cancelAll()
        if !isSent { sending.cancel() }
        // What was cancelled is not waited for with an error of its own.
        while await group.nextResult() != nil {}
        return isSent
    }
    if !isSent { try await again() }
    return isSent
}

extension KafkaRecord {
    init(_ key: Int, _ value: Int, topic: String = "things") {
        self.init(topic: topic, key: Array("\(key)".utf8), value: Array("\(value)".utf8))
    }
}

extension KafkaConsumer {
    var isLost: Bool { rd_kafka_assignment_lost(client.handle) != 0 }

    var hasLeft: Bool { rd_kafka_consumer_closed(client.handle) != 0 }
}

extension ConsumedRecord {
    var number: Int { Int(String(decoding: value, as: UTF8.self)) ?? -1 }
    var keyText: String { String(decoding: key, as: UTF8.self) }
}

/// Polls a consumer in the background, and keeps what came.
final class Reader: Sendable {
    struct State {
        var records: [ConsumedRecord] = []
        var partitions: Set<KafkaPartition> = []
    }

    let consumer: KafkaConsumer
    private let holder = Holder()
    private let task: Task<Void, Never>

    /// - Parameter commits: whether each batch is committed once it is kept.
    init(_ consumer: KafkaConsumer, commits: Bool = true) {
        self.consumer = consumer
        task = Task { [holder] in
            while !Task.isCancelled {
                guard let polled = try? await consumer.poll(limit: 100, within: .milliseconds(50)) else { return }
                guard let records = holder.note(polled), commits else { continue }
                let next = records.compactMapValues { $0.last.map { $0.offset + 1 } }
                _ = try? await consumer.commit(next)
            }
        }
    }

    var records: [ConsumedRecord] { holder.state.withLock { $0.records } }
    var partitions: Set<KafkaPartition> { holder.state.withLock { $0.partitions } }
    var numbers: [Int] { records.map(\.number) }

    /// Stops polling, as a crash does; the group hears nothing.
    func stop() async {
        task.cancel()
        await task.value
    }

    func close() async {
        await stop()
        await consumer.close()
    }

    final class Holder: Sendable {
        let state = Mutex(State())

        /// - Returns: the records, if that is what came.
        func note(_ polled: KafkaPoll) -> [KafkaPartition: [ConsumedRecord]]? {
            state.withLock { state in
                switch polled {
                case .nothing: return nil
                case .assigned(let partitions): state.partitions.formUnion(partitions)
                case .revoked(let partitions), .lost(let partitions): state.partitions.subtract(partitions)
                case .records(let records):
                    for key in records.keys.sorted() { state.records += records[key] ?? [] }
                    return records
                }
                return nil
            }
        }
    }
}
