import Core
import Kafka
import Testing
import TestServers

@Suite(.timeLimit(.minutes(4))) struct ProducerTests {
    @Test("what is produced is read once, in order for each key, and a key keeps its partition")
    func roundTrip() async throws {
        let cluster = try Cluster()
        try cluster.mock.createTopic("things", partitions: 4)
        let producer = try cluster.producer()
        for round in 0..<10 {
            try await producer.produce((0..<100).map { KafkaRecord($0 % 7, round * 100 + $0) })
        }
        let reader = Reader(try cluster.consumer("readers", "things"))
        try await eventually { reader.records.count >= 1_000 }
        #expect(reader.numbers.sorted() == Array(0..<1_000))
        for (_, records) in Dictionary(grouping: reader.records, by: \.keyText) {
            #expect(records.map(\.number) == records.map(\.number).sorted())
            #expect(Set(records.map(\.partition)).count == 1)
        }
        // As Kafka's own clients have it, so that every process agrees: toPositive(murmur2(key)) % partitions.
        for record in reader.records { #expect(Int(record.partition.number) == murmurPartition(record.key, of: 4)) }
        await reader.close()
        await producer.close()
    }

    @Test("a batch waits for brokers that are away, and arrives once they are back")
    func outage() async throws {
        let cluster = try Cluster(brokers: 2)
        try cluster.mock.createTopic("things", partitions: 2)
        let producer = try cluster.producer()
        try await producer.produce((0..<100).map { KafkaRecord($0, $0) })
        try cluster.mock.downAll()
        let sending = Task { try await producer.produce((100..<200).map { KafkaRecord($0, $0) }) }
        try await eventually { producer.outstanding == 100 }
        try await #expect(throws: KafkaError.self) { try await producer.flush(within: .milliseconds(500)) }
        try cluster.mock.upAll()
        let isSent = try await settle(sending) {
            try await cluster.producer().produce((100..<200).map { KafkaRecord($0, $0) })
        }
        let reader = Reader(try cluster.consumer("readers", "things"))
        try await eventually { Set(reader.numbers).count >= 200 }
        #expect(!isSent || reader.numbers.sorted() == Array(0..<200))
        await reader.close()
    }

    @Test(
        "errors of brokers are tried again without loss",
        arguments: [(6, 3), (7, 2), (19, 2), (-195, 2)])
    func injected(code: Int, count: Int) async throws {
        // Not leader, timed out, not enough replicas, connection cut.
        let cluster = try Cluster()
        try cluster.mock.createTopic("things", partitions: 1)
        let producer = try cluster.producer()
        try await producer.produce([KafkaRecord(0, 0)])
        try cluster.mock.fail(request: 0, code: code, count: count)
        for number in 1...50 { try await producer.produce([KafkaRecord(number, number)]) }
        let reader = Reader(try cluster.consumer("readers", "things"))
        try await eventually { reader.records.count >= 51 }
        #expect(reader.numbers == Array(0...50))
        await reader.close()
    }

    @Test("nothing is taken for delivered because what was sent behind it was kept")
    func uncertain() async throws {
        let cluster = try Cluster()
        try cluster.mock.createTopic("things", partitions: 1)
        try cluster.mock.roundTrip(1, milliseconds: 20)
        let producer = try cluster.producer()
        for round in 0..<8 {
            // Timed out: whether it was kept is not said. The mock does not look at sequence numbers, and takes what follows.
            try cluster.mock.fail(request: 0, code: 7, count: 1 + round % 3)
            var deliveries: [KafkaDelivery] = []
            for number in 0..<10 {
                deliveries.append(try await producer.send([KafkaRecord(0, round * 10 + number)]))
                try await Task.sleep(for: .milliseconds(number % 4))
            }
            for delivery in deliveries { try await producer.confirm(delivery) }
        }
        let reader = Reader(try cluster.consumer("readers", "things"))
        try await eventually { reader.numbers.last == 79 }
        #expect(reader.numbers == Array(0..<80))
        await reader.close()
    }

    @Test("a record that is too large is refused, and those after it do not go without it")
    func tooLarge() async throws {
        let cluster = try Cluster()
        try cluster.mock.createTopic("things", partitions: 1)
        let producer = try cluster.producer()
        let large = KafkaRecord(
            topic: "things", key: [1], value: Array(repeating: 0, count: Limits.kafkaRecordBytesMax))
        let error = await #expect(throws: KafkaError.self) {
            try await producer.produce([KafkaRecord(0, 0), large, KafkaRecord(2, 2)])
        }
        #expect(error?.code == .refused)
        try await producer.produce([KafkaRecord(3, 3)])
        let reader = Reader(try cluster.consumer("readers", "things"))
        try await eventually { reader.records.count >= 2 }
        #expect(reader.numbers == [0, 3])
        await reader.close()
    }

    @Test("closing ends what waits for brokers that are away")
    func closing() async throws {
        let cluster = try Cluster()
        let producer = try cluster.producer()
        try await producer.produce([KafkaRecord(0, 0)])
        try cluster.mock.downAll()
        let waiting = (1...20).map { number in Task { try await producer.produce([KafkaRecord(number, number)]) } }
        try await eventually { producer.outstanding == 20 }
        let cancelled = Task { try await producer.produce([KafkaRecord(0, 0)]) }
        cancelled.cancel()
        await #expect(throws: (any Error).self) { try await cancelled.value }
        await producer.close(within: .milliseconds(100))
        for task in waiting {
            let error = await #expect(throws: KafkaError.self) { try await task.value }
            #expect(error?.code == .closed)
        }
        await #expect(throws: KafkaError.self) { try await producer.produce([KafkaRecord(1, 1)]) }
    }

    @Test("a producer that is let go while records are on their way harms nothing")
    func letGo() async throws {
        let cluster = try Cluster()
        for round in 0..<5 {
            let producer = try cluster.producer()
            let tasks = (0..<20).map { number in Task { try await producer.produce([KafkaRecord(round, number)]) } }
            if round.isMultiple(of: 2) { for task in tasks { task.cancel() } }
            for task in tasks { _ = await task.result }
        }
    }

    @Test("a new producer finds the brokers when they come")
    func startsAlone() async throws {
        let cluster = try Cluster()
        try cluster.mock.downAll()
        let producer = try cluster.producer()
        let sending = Task { try await producer.produce([KafkaRecord(1, 1)]) }
        try await eventually { producer.outstanding == 1 }
        try await #expect(throws: KafkaError.self) { try await producer.flush(within: .milliseconds(300)) }
        try cluster.mock.upAll()
        try await settle(sending) { try await cluster.producer().produce([KafkaRecord(1, 1)]) }
    }
}

/// Kafka's default partitioner, written down once more; source:
/// https://github.com/apache/kafka/blob/trunk/clients/src/main/java/org/apache/kafka/common/utils/Utils.java
func murmurPartition(_ key: [UInt8], of count: Int) -> Int {
    let factor: UInt32 = 0x5bd1_e995
    var hash = 0x9747_b28c ^ UInt32(key.count)
    for start in stride(from: 0, to: key.count / 4 * 4, by: 4) {
        var word = UInt32(key[start]) | UInt32(key[start + 1]) << 8
        word |= UInt32(key[start + 2]) << 16 | UInt32(key[start + 3]) << 24
        word &*= factor
        word ^= word >> 24
        hash = (hash &* factor) ^ (word &* factor)
    }
    let tail = key[(key.count / 4 * 4)...]
    for (index, byte) in tail.enumerated() { hash ^= UInt32(byte) << (8 * UInt32(index)) }
    if !tail.isEmpty { hash &*= factor }
    hash ^= hash >> 13
    hash &*= factor
    hash ^= hash >> 15
    return Int(hash & 0x7FFF_FFFF) % count
}
