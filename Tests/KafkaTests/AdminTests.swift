import Kafka
import Logging
import Testing
import TestServers

@Suite(.timeLimit(.minutes(4))) struct AdminTests {
    @Test("topics that exist stay as they are")
    func existing() async throws {
        let cluster = try Cluster()
        try cluster.mock.createTopic("things", partitions: 3)
        let admin = try KafkaAdmin(cluster.settings, logger: cluster.logger)
        #expect(try await admin.topics() == ["things": 3])
        let found = try await admin.ensure([KafkaTopic("things", partitions: 12, retention: .seconds(60))])
        #expect(found == ["things": 3])
    }

    @Test("a cluster that cannot create topics says so")
    func refused() async throws {
        // The mock brokers know no admin requests.
        let cluster = try Cluster()
        let admin = try KafkaAdmin(cluster.settings, logger: cluster.logger)
        let error = await #expect(throws: KafkaError.self) {
            try await admin.ensure([KafkaTopic("new", partitions: 1, retention: .seconds(60))], within: .seconds(1))
        }
        #expect(error?.code == .refused || error?.code == .timedOut)
    }

    @Test("brokers that are away are a timeout or worth another try")
    func away() async throws {
        let cluster = try Cluster()
        try cluster.mock.downAll()
        let admin = try KafkaAdmin(cluster.settings, logger: cluster.logger)
        let error = await #expect(throws: KafkaError.self) { try await admin.topics(within: .milliseconds(500)) }
        #expect(error?.code == .timedOut || error?.code == .retriable)
    }

    @Test("settings that do not go together are refused")
    func settings() throws {
        let sasl = KafkaSettings.SASL(.scramSHA256, username: "u", password: "p")
        #expect(throws: KafkaError.self) { try KafkaSettings(brokers: []) }
        for broker in ["host", "host:", ":9092", "host:0", "host:70000", "a:1,b:2", "a b:1"] {
            #expect(throws: KafkaError.self) { try KafkaSettings(brokers: [broker]) }
        }
        #expect(throws: KafkaError.self) { try KafkaSettings(brokers: ["h:1"], sasl: sasl) }
        #expect(throws: KafkaError.self) { try KafkaSettings(brokers: ["h:1"], security: .saslTLS) }
        #expect(throws: KafkaError.self) { try KafkaSettings(brokers: ["h:1"], caFile: "ca.pem") }
        let settings = try KafkaSettings(brokers: ["[::1]:1", "h:2"], security: .saslPlaintext, sasl: sasl)
        _ = try KafkaProducer(settings, logger: .init(label: "test"))
    }
}
