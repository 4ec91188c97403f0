import EventLog
import Foundation
import TestServers

@testable import Starling

/// The engines that the oracle's server works with: embedded, unless `STARLING_TEST_COMPOSITION` names others.
enum Composition: String {
    case embedded
    case postgreSQL = "postgresql"
    case redis = "postgresql+redis"
    case redisCluster = "postgresql+redis-cluster"
    /// Everything but S3, which has its own contract.
    case kafka = "postgresql+redis+kafka"

    static let current =
        ProcessInfo.processInfo.environment["STARLING_TEST_COMPOSITION"].map { name in
            guard let composition = Composition(rawValue: name) else {
                preconditionFailure("STARLING_TEST_COMPOSITION names none: \(name)")
            }
            return composition
        } ?? .embedded

    /// Whether timelines outlive the process.
    var keepsTimelines: Bool { self == .redis || self == .redisCluster || self == .kafka }

    /// Servers with nothing in them.
    func start() async throws -> ComposedServers {
        var servers = ComposedServers()
        guard self != .embedded else { return servers }
        servers.engines.databaseURL = try PostgreSQLServer.shared().newDatabase()
        servers.engines.databaseConnections = 4
        switch self {
        case .redis, .kafka:
            let redis = try await RedisServer()
            servers.engines.redisURL = redis.url
            servers.redis = [redis]
        case .redisCluster:
            // A node that a busy machine holds up is not to be replaced: what a failover does is for other tests.
            let cluster = try await RedisCluster(nodeTimeout: 60_000)
            servers.engines.redisURL = cluster.url
            servers.redis = cluster.servers
        default: break
        }
        if self == .kafka {
            let kafka = try MockKafka(brokers: 1)
            // Two partitions show what several do, and the mock keeps each in memory.
            servers.engines.kafkaPartitions = 2
            servers.engines.kafkaFetchMilliseconds = 5
            for topic in KafkaTopics.names {
                try kafka.createTopic(topic, partitions: servers.engines.kafkaPartitions)
            }
            servers.engines.kafkaBrokers = kafka.brokers.joined(separator: ",")
            servers.kafka = kafka
        }
        return servers
    }
}

/// Servers of one run, which stop with it.
struct ComposedServers {
    var engines = EngineSettings()
    var redis: [RedisServer] = []
    var kafka: MockKafka?

    func stop() {
        for server in redis { server.stop() }
    }

    /// Redis forgets everything.
    func flush() throws {
        for server in redis where try server.command("ROLE").contains("master") { _ = try server.command("FLUSHALL") }
    }
}
