import TestServers
import TestSupport
import Testing

extension Survival {
    @Suite(.serialized) struct KillTests {}
}

extension Survival.KillTests {
    private static func cluster() async throws -> (Cluster, RedisServer, PostgreSQLServer) {
        let store = try PostgreSQLServer(settings: ["max_connections=300"])
        let redis = try await RedisServer()
        return (try await Cluster(database: store.newDatabase(), redis: redis.url), redis, store)
    }

    @Test("processes of every role are killed under load, again and again", arguments: ["api", "fanout", "upkeep"])
    func kills(role: String) async throws {
        let (cluster, redis, store) = try await Self.cluster()
        defer { withExtendedLifetime((redis, store)) {} }
        let town = try await Town(in: cluster, excusing: role == "api" ? .lostConnections : [])
        var numbers = SeededGenerator(seed: Survival.seed)
        try await Scenario(cluster: cluster, town: town).run {
            for _ in 0..<Survival.kills {
                try await Task.sleep(for: .milliseconds(Int.random(in: 300...2_500, using: &numbers)))
                guard let victim = cluster.members(role).randomElement(using: &numbers) else { return }
                try await cluster.killAndRestart(victim)
            }
        }
    }

    @Test("two fan-outs race, and one that was stopped past its lease does no harm when it goes on")
    func stoppedFanOut() async throws {
        let (cluster, redis, store) = try await Self.cluster()
        defer { withExtendedLifetime((redis, store)) {} }
        let town = try await Town(in: cluster)
        try await Scenario(cluster: cluster, town: town).run {
            for round in 0..<(Survival.isDrill ? 8 : 2) {
                // Whichever has the work, it is stopped in one of two rounds.
                let stopped = cluster.members("fanout")[round % 2]
                try await Task.sleep(for: .seconds(2))
                stopped.stop()
                try await Task.sleep(for: .seconds(6))
                stopped.resume()
            }
            try await Task.sleep(for: .seconds(2))
        }
    }

    @Test("an upkeep process that was stopped past its lease counts nothing twice when it goes on")
    func stoppedUpkeep() async throws {
        let store = try PostgreSQLServer(settings: ["max_connections=300"])
        let redis = try await RedisServer()
        var shape = Cluster.Shape()
        shape.upkeeps = 2
        let cluster = try await Cluster(database: store.newDatabase(), redis: redis.url, shape)
        let town = try await Town(in: cluster)
        try await Scenario(cluster: cluster, town: town).run {
            for stopped in cluster.members("upkeep") {
                try await Task.sleep(for: .seconds(2))
                stopped.stop()
                try await Task.sleep(for: .seconds(6))
                stopped.resume()
            }
            try await Task.sleep(for: .seconds(2))
        }
    }
}
