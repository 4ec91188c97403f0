import Core
import Kafka
import Telemetry
import Testing
import TestServers

@Suite(.timeLimit(.minutes(4))) struct ConsumerTests {
    let cluster: Cluster
    let producer: KafkaProducer

    init() async throws {
        cluster = try Cluster()
        try cluster.mock.createTopic("things", partitions: 4)
        producer = try cluster.producer()
    }

    private func produce(_ numbers: Range<Int>) async throws {
        try await producer.produce(numbers.map { KafkaRecord($0, $0) })
    }

    @Test("members of a group share the partitions, and take over those of one that leaves")
    func sharing() async throws {
        let (alice, bob) = (Reader(try cluster.consumer("g", "things")), Reader(try cluster.consumer("g", "things")))
        try await eventually { alice.partitions.count == 2 && bob.partitions.count == 2 }
        #expect(alice.partitions.isDisjoint(with: bob.partitions))
        try await produce(0..<100)
        try await eventually { alice.records.count + bob.records.count >= 100 }
        await bob.close()
        try await eventually { alice.partitions.count == 4 }
        try await produce(100..<200)
        try await eventually { alice.records.count + bob.records.count >= 200 }
        #expect((alice.numbers + bob.numbers).sorted() == Array(0..<200))
        await alice.close()
    }

    @Test("what was not committed comes again to the next member, what was does not")
    func commits() async throws {
        try await produce(0..<50)
        let first = Reader(try cluster.consumer("g", "things"), commits: true)
        try await eventually { first.records.count >= 50 }
        await first.close()
        try await produce(50..<100)
        let second = Reader(try cluster.consumer("g", "things"), commits: false)
        try await eventually { second.records.count >= 50 }
        #expect(second.numbers.sorted() == Array(50..<100))
        await second.close()
        let third = Reader(try cluster.consumer("g", "things"))
        try await eventually { third.records.count >= 50 }
        #expect(third.numbers.sorted() == Array(50..<100))
        await third.close()
    }

    @Test("a member that goes silent loses its partitions, and its records come again")
    func silence() async throws {
        try await produce(0..<40)
        var gone: Reader? = Reader(try cluster.consumer("g", "things"), commits: false)
        try await eventually { gone?.records.count == 40 }
        await gone?.stop()
        // Let go without a word, as by a crash.
        gone = nil
        let next = Reader(try cluster.consumer("g", "things"))
        try await eventually { next.records.count >= 40 }
        #expect(next.numbers.sorted() == Array(0..<40))
        await next.close()
    }

    @Test("a paused partition brings nothing until it is resumed, and then everything")
    func pausing() async throws {
        let reader = Reader(try cluster.consumer("g", "things"))
        try await eventually { reader.partitions.count == 4 }
        let partitions = Array(reader.partitions)
        try await produce(0..<10)
        try await eventually { reader.records.count == 10 }
        let held = try #require(partitions.first)
        try reader.consumer.pause([held])
        try await produce(10..<110)
        let others = (10..<110).filter { murmurPartition(Array("\($0)".utf8), of: 4) != Int(held.number) }
        try await eventually { reader.records.count >= 10 + others.count }
        #expect(reader.numbers.dropFirst(10).sorted() == others)
        try reader.consumer.resume([held])
        try await eventually { reader.records.count >= 110 }
        #expect(reader.numbers.sorted() == Array(0..<110))
        await reader.close()
    }

    @Test("seeking back brings records again")
    func seeking() async throws {
        let reader = Reader(try cluster.consumer("g", "things"))
        try await eventually { reader.partitions.count == 4 }
        try await produce(0..<20)
        try await eventually { reader.records.count == 20 }
        let positions = try reader.consumer.positions(Array(reader.partitions))
        #expect(positions.values.reduce(0, +) == 20)
        #expect(reader.partitions.compactMap { reader.consumer.bounds(of: $0)?.count }.reduce(0, +) == 20)
        try await reader.consumer.seek(positions.mapValues { _ in 0 })
        try await eventually { reader.records.count >= 40 }
        #expect(reader.numbers.sorted() == (0..<20).flatMap { [$0, $0] })
        await reader.close()
    }

    @Test("the lag of each partition is a metric")
    func lag() async throws {
        let registry = MetricsRegistry()
        let consumer = try KafkaConsumer(
            cluster.settings, group: "g", topics: ["things"], logger: cluster.logger, metrics: registry)
        let reader = Reader(consumer, commits: false)
        try await produce(0..<30)
        try await eventually { reader.records.count == 30 }
        try await eventually { lag(in: registry) == 30 }
        let reached = Dictionary(grouping: reader.records, by: \.partition).compactMapValues { $0.last?.offset }
        try await consumer.commit(reached.mapValues { $0 + 1 })
        try await eventually { lag(in: registry) == 0 }
        await reader.close()
    }

    private func lag(in registry: MetricsRegistry) -> Double {
        registry.prometheusText().split(separator: "\n")
            .filter { $0.hasPrefix(KafkaMetric.lag + "{") && $0.contains("group=\"g\"") }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
    }

    @Test("reading goes on after brokers were away, and after errors of theirs")
    func outage() async throws {
        let reader = Reader(try cluster.consumer("g", "things"))
        try await produce(0..<10)
        try await eventually { reader.records.count == 10 }
        try cluster.mock.downAll()
        let sending = Task { try await produce(10..<20) }
        try await eventually { producer.outstanding == 10 }
        try await #expect(throws: KafkaError.self) { try await producer.flush(within: .milliseconds(300)) }
        try cluster.mock.upAll()
        var working = producer
        try await settle(sending) {
            working = try cluster.producer()
            try await working.produce((10..<20).map { KafkaRecord($0, $0) })
        }
        // Fetch: not leader, then the connection is cut. Heartbeat: the group rebalances.
        try cluster.mock.fail(request: 1, code: 6, count: 2)
        try cluster.mock.fail(request: 1, code: -195, count: 2)
        try cluster.mock.fail(request: 12, code: 27, count: 1)
        let more = Task { [working] in try await working.produce((20..<30).map { KafkaRecord($0, $0) }) }
        try await settle(more) { try await cluster.producer().produce((20..<30).map { KafkaRecord($0, $0) }) }
        try await eventually { Set(reader.numbers).count == 30 }
        await reader.close()
    }

    @Test("closing ends a poll, and what is asked afterwards fails")
    func closing() async throws {
        let consumer = try cluster.consumer("g", "things")
        let polling = Task {
            while true { _ = try await consumer.poll(limit: 10, within: .seconds(20)) }
        }
        await consumer.close()
        let error = await #expect(throws: KafkaError.self) { try await polling.value }
        #expect(error?.code == .closed)
        await consumer.close()
    }

    @Test("one that has lost its partitions leaves, whether it knows already or not", arguments: [true, false])
    func closingLost(knows: Bool) async throws {
        let consumer = try cluster.consumer("g", "things")
        try await eventually {
            guard case .assigned = try await consumer.poll(limit: 1, within: .milliseconds(50)) else { return false }
            return true
        }
        try cluster.mock.downAll()
        try await eventually {
            guard knows else { return consumer.isLost }
            guard case .lost = try await consumer.poll(limit: 1, within: .milliseconds(50)) else { return false }
            return true
        }
        try cluster.mock.upAll()
        await consumer.close(within: .seconds(20))
        #expect(consumer.hasLeft)
    }

    @Test("consumers may be let go at any time")
    func letGo() async throws {
        try await produce(0..<100)
        for _ in 0..<5 {
            let reader = Reader(try cluster.consumer("g", "things"))
            await reader.stop()
        }
    }
}
