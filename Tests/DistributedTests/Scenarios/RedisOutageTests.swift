import TestServers
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension Survival {
    @Suite(.serialized) struct RedisOutageTests {}
}

extension Survival.RedisOutageTests {
    /// Limits are on, since they guard logins, but higher than the load.
    private static let limited: [String] = [
        "--rate-limit-reads", "1000000", "--rate-limit-writes", "1000000", "--rate-limit-address", "1000000",
        "--rate-limit-credentials", "100000", "--database-connections", "6",
    ]

    private static func cluster(_ redis: String, _ store: PostgreSQLServer) async throws -> Cluster {
        var shape = Cluster.Shape()
        shape.flags = limited
        let cluster = try await Cluster(database: store.newDatabase(), redis: redis, shape)
        for name in Logins.usernames {
            _ = try await cluster.command(["user", "create", name, "--password", Logins.password])
        }
        return cluster
    }

    @Test("Redis forgets everything in mid-load")
    func flush() async throws {
        let store = try PostgreSQLServer(settings: ["max_connections=300"])
        let redis = try await RedisServer()
        let cluster = try await Self.cluster(redis.url, store)
        let town = try await Town(in: cluster)
        try await Scenario(cluster: cluster, town: town, readings: 100, logins: Logins.usernames).run {
            for _ in 0..<Survival.kills {
                try await Task.sleep(for: .seconds(2))
                try redis.command("FLUSHALL")
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    @Test("all of Redis is gone for a while, killed or silent", arguments: [SIGKILL, SIGSTOP])
    func down(_ signal: Int32) async throws {
        let store = try PostgreSQLServer(settings: ["max_connections=300"])
        let redis = try await RedisServer()
        let cluster = try await Self.cluster(redis.url, store)
        let town = try await Town(in: cluster)
        try await Scenario(cluster: cluster, town: town, readings: 200, logins: Logins.usernames).run {
            try await Task.sleep(for: .seconds(3))
            redis.signal(signal)
            try await Task.sleep(for: Survival.outage)
            if signal == SIGKILL { try await redis.restart() } else { redis.signal(SIGCONT) }
            try await Task.sleep(for: .seconds(3))
        }
        #expect(town.findings["logged in"] > 5)
    }

    @Test("masters of a Redis Cluster die, and replicas take over that lack what was written last")
    func failover() async throws {
        let store = try PostgreSQLServer(settings: ["max_connections=300"])
        let redis = try await RedisCluster()
        let cluster = try await Self.cluster(redis.url, store)
        let town = try await Town(in: cluster)
        try await Scenario(cluster: cluster, town: town, readings: 60, logins: Logins.usernames).run {
            for _ in 0..<(Survival.isDrill ? 6 : 2) {
                try await Task.sleep(for: .seconds(2))
                let victim = try #require(try redis.masters().first)
                // A replica that hears nothing for a moment lacks that moment's writes when it takes over.
                let replicas = try redis.servers.filter { try $0.command("ROLE").hasPrefix("slave") }
                for replica in replicas { replica.signal(SIGSTOP) }
                try await Task.sleep(for: .milliseconds(500))
                victim.signal(SIGKILL)
                for replica in replicas { replica.signal(SIGCONT) }
                try await Task.sleep(for: .seconds(5))
                try await victim.restart()
                try await redis.waitUntilWhole()
            }
            try await Task.sleep(for: .seconds(2))
        }
        redis.stop()
    }
}
