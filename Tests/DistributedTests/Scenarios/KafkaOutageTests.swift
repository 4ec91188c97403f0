import TestServers
import TestSupport
import Testing

extension Survival {
    @Suite(.serialized) struct KafkaOutageTests {}
}

/// Events go through Kafka here: librdkafka's mock cluster, with what a real one does of it.
extension Survival.KafkaOutageTests {
    private struct Stage {
        let store: PostgreSQLServer
        let redis: RedisServer
        let kafka: MockKafka
        let cluster: Cluster

        init() async throws {
            store = try PostgreSQLServer(settings: ["max_connections=300"])
            redis = try await RedisServer()
            kafka = try MockKafka.withTopics()
            var shape = Cluster.Shape()
            shape.relays = 2
            cluster = try await Cluster(database: store.newDatabase(), redis: redis.url, kafka: kafka.brokers, shape)
        }
    }

    @Test("every broker is gone for a while, and writes go on being accepted")
    func brokersDown() async throws {
        let stage = try await Stage()
        let town = try await Town(in: stage.cluster)
        try await Scenario(cluster: stage.cluster, town: town).run {
            try await Task.sleep(for: .seconds(3))
            try stage.kafka.downAll()
            try await Task.sleep(for: Survival.outage)
            try stage.kafka.upAll()
            try await Task.sleep(for: .seconds(3))
        }
    }

    @Test("brokers are slow")
    func brokersSlow() async throws {
        let stage = try await Stage()
        let town = try await Town(in: stage.cluster)
        try await Scenario(cluster: stage.cluster, town: town).run {
            try await Task.sleep(for: .seconds(2))
            for id in 1...stage.kafka.brokers.count { try stage.kafka.roundTrip(id, milliseconds: 700) }
            try await Task.sleep(for: Survival.outage)
            for id in 1...stage.kafka.brokers.count { try stage.kafka.roundTrip(id, milliseconds: 0) }
            try await Task.sleep(for: .seconds(2))
        }
    }

    @Test("requests to Kafka fail now and then, of every kind that matters")
    func errors() async throws {
        /// Numbers of the protocol: what is asked, and how it fails; -195 cuts the connection.
        let faults: [(request: Int, code: Int)] = [
            (0, 7), (0, 6), (0, 19), (0, -195), (1, 6), (1, -195), (8, 16), (8, -195), (10, 15), (12, 27),
            (3, -195),
        ]
        let stage = try await Stage()
        let town = try await Town(in: stage.cluster)
        try await Scenario(cluster: stage.cluster, town: town).run {
            for _ in 0..<(Survival.isDrill ? 8 : 1) {
                for fault in faults {
                    try stage.kafka.fail(request: fault.request, code: fault.code, count: 3)
                    try await Task.sleep(for: .seconds(1))
                }
            }
            try await Task.sleep(for: .seconds(2))
        }
    }

    @Test("relays and fan-outs on Kafka are killed, or stopped past their leases", arguments: ["relay", "fanout"])
    func consumersKilled(_ role: String) async throws {
        let stage = try await Stage()
        let town = try await Town(in: stage.cluster)
        let members = stage.cluster.members(role)
        try await Scenario(cluster: stage.cluster, town: town).run {
            for round in 0..<(Survival.isDrill ? 12 : 4) {
                try await Task.sleep(for: .seconds(2))
                let victim = members[round % members.count]
                if round < 2 {
                    try await stage.cluster.killAndRestart(victim)
                } else {
                    victim.stop()
                    try await Task.sleep(for: .seconds(6))
                    victim.resume()
                }
            }
            try await Task.sleep(for: .seconds(2))
        }
    }
}

extension MockKafka {
    /// With Starling's topics, which the mock cannot be asked to make.
    static func withTopics() throws -> MockKafka {
        let kafka = try MockKafka()
        for topic in ["post", "graph", "account", "engagement", "notification"] {
            try kafka.createTopic("\(topic)-events", partitions: 4)
        }
        try kafka.createTopic("feed-updates", partitions: 4)
        return kafka
    }
}
