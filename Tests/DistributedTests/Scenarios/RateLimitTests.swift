import HTTPClient
import TestServers
import TestSupport
import Testing

extension Survival {
    @Suite(.serialized) struct RateLimitTests {}
}

extension Survival.RateLimitTests {
    @Test("who spent a limit at one api is refused at the other before spending it there as well")
    func shared() async throws {
        let store = try PostgreSQLServer(settings: ["max_connections=300"])
        let redis = try await RedisServer()
        var shape = Cluster.Shape()
        shape.fanouts = 1
        shape.flags = ["--rate-limit-reads", "60", "--database-connections", "6"]
        let cluster = try await Cluster(database: store.newDatabase(), redis: redis.url, shape)
        let town = try await Town(2, in: cluster)
        var line = Line(town.ports)
        let (alice, bob) = (town.people[0], town.people[1])

        #expect(try await readsUntilRefused(of: alice, at: 0, &line) >= 60)
        #expect(try await readsUntilRefused(of: alice, at: 1, &line) < 60)
        // Without Redis, too, somebody is refused, though by each api alone.
        redis.stop()
        #expect(try await readsUntilRefused(of: bob, at: 0, &line) >= 60)
        #expect(try await readsUntilRefused(of: bob, at: 1, &line) >= 60)
        await line.close()
    }

    /// Reads with pauses that are long enough to be told of, and short enough to earn little back.
    private func readsUntilRefused(of reader: Town.Person, at api: Int, _ line: inout Line) async throws -> Int {
        for count in 0..<1_000 {
            let answer = try await line.send(HTTPClientRequest("GET", "/v1/feed", as: reader.token), to: api)
            if answer.status == 429 { return count }
            #expect(answer.status == 200)
            try await Task.sleep(for: .milliseconds(10))
        }
        throw NeverRefused()
    }
}

private struct NeverRefused: Error {}
