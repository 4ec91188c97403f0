import TestServers
import TestSupport
import Testing

extension Survival {
    @Suite(.serialized) struct StoreOutageTests {}
}

extension Survival.StoreOutageTests {
    @Test("PostgreSQL is killed and restarted under load")
    func killed() async throws {
        let store = try PostgreSQLServer(settings: ["max_connections=300"])
        let redis = try await RedisServer()
        let cluster = try await Cluster(database: store.newDatabase(), redis: redis.url)
        let town = try await Town(in: cluster, excusing: .unavailability)
        try await Scenario(cluster: cluster, town: town).run {
            for _ in 0..<(Survival.isDrill ? 10 : 3) {
                try await Task.sleep(for: .seconds(3))
                store.kill()
                try await Task.sleep(for: Survival.isDrill ? .seconds(10) : .seconds(2))
                try store.start()
            }
            try await Task.sleep(for: .seconds(3))
        }
        #expect(town.findings["503"] > 0, "nobody noticed")
    }

    @Test("connections to PostgreSQL are cut, again and again")
    func connectionsCut() async throws {
        let store = try PostgreSQLServer(settings: ["max_connections=300"])
        let redis = try await RedisServer()
        let cluster = try await Cluster(database: store.newDatabase(), redis: redis.url)
        let town = try await Town(in: cluster, excusing: .unavailability)
        try await Scenario(cluster: cluster, town: town).run {
            for _ in 0..<(Survival.isDrill ? 60 : 12) {
                try await Task.sleep(for: .seconds(1))
                try store.query(
                    """
                    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                    WHERE pid <> pg_backend_pid() AND datname LIKE 't%'
                    """)
            }
            try await Task.sleep(for: .seconds(2))
        }
    }

    @Test(
        "PostgreSQL's place is taken by its synchronous standby, and nothing acknowledged or published is lost",
        arguments: [false, true])
    func switchedToStandby(withKafka: Bool) async throws {
        let store = try PostgreSQLServer(settings: ["max_connections=300"])
        _ = try store.newDatabase()
        let standby = try store.newStandby()
        try store.query("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        try store.query("SELECT pg_reload_conf()")
        let redis = try await RedisServer()
        let kafka = withKafka ? try MockKafka.withTopics() : nil
        var shape = Cluster.Shape()
        if withKafka { shape.relays = 2 }
        let url =
            "postgres://starling@127.0.0.1:\(store.port),127.0.0.1:\(standby.port)/t1"
            + "?sslmode=disable&target_session_attrs=read-write"
        let cluster = try await Cluster(database: url, redis: redis.url, kafka: kafka?.brokers, shape)
        let town = try await Town(in: cluster, excusing: .unavailability)
        try await Scenario(cluster: cluster, town: town).run {
            try await Task.sleep(for: .seconds(5))
            // What is committed from here on the standby does not have: nobody may hear of it.
            standby.kill()
            try await Task.sleep(for: .seconds(2))
            store.kill()
            try standby.start()
            try standby.promote()
            try await Task.sleep(for: .seconds(7))
        }
        #expect(try !standby.isStandby)
        withExtendedLifetime(kafka) {}
    }
}
