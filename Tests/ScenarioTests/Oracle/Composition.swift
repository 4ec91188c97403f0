import Foundation
import TestServers

@testable import Starling

/// The engines that the oracle's server works with: embedded, unless `STARLING_TEST_COMPOSITION` names others.
enum Composition: String {
    case embedded
    case postgreSQL = "postgresql"
    case redis = "postgresql+redis"
    case redisCluster = "postgresql+redis-cluster"

    static let current =
        ProcessInfo.processInfo.environment["STARLING_TEST_COMPOSITION"].map { name in
            guard let composition = Composition(rawValue: name) else {
                preconditionFailure("STARLING_TEST_COMPOSITION names none: \(name)")
            }
            return composition
        } ?? .embedded

    /// Whether timelines outlive the process.
    var keepsTimelines: Bool { self == .redis || self == .redisCluster }

    /// Servers with nothing in them.
    func start() async throws -> ComposedServers {
        var servers = ComposedServers()
        guard self != .embedded else { return servers }
        servers.engines.databaseURL = try PostgreSQLServer.shared().newDatabase()
        servers.engines.databaseConnections = 4
        switch self {
        case .redis:
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
        return servers
    }
}

/// Servers of one run, which stop with it.
struct ComposedServers {
    var engines = EngineSettings()
    var redis: [RedisServer] = []

    func stop() {
        for server in redis { server.stop() }
    }

    /// Redis forgets everything.
    func flush() throws {
        for server in redis where try server.command("ROLE").contains("master") { _ = try server.command("FLUSHALL") }
    }
}
