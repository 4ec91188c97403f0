import HTTPClient
import TestServers
import TestSupport
import Testing

extension Survival {
    @Suite(.serialized) struct KafkaPassageTests {}
}

/// A store whose events go through Kafka, and processes that were not told so.
extension Survival.KafkaPassageTests {
    @Test("nobody counts twice what goes through Kafka, and a store can do without it again")
    func withoutKafka() async throws {
        let store = try PostgreSQLServer(settings: ["max_connections=300"])
        let redis = try await RedisServer()
        let kafka = try MockKafka.withTopics()
        let database = try store.newDatabase()
        var shape = Cluster.Shape()
        (shape.fanouts, shape.relays, shape.apis) = (1, 1, 1)
        let cluster = try await Cluster(database: database, redis: redis.url, kafka: kafka.brokers, shape)
        let town = try await Town(2, in: cluster)
        let (alice, bob) = (town.people[0], town.people[1])
        var line = Line(town.ports)
        let follow = HTTPClientRequest("POST", "/v1/users/\(bob.id)/follow", as: alice.token)
        #expect(try await line.send(follow, to: 0).status == 200)
        #expect(try await publish(bob, &line) == 201)
        try await expect([1, 1], of: bob, &line)

        // Beside the others, by themselves.
        _ = try await cluster.command(["user", "create", "carol"], aside: ["--redis-url", redis.url])
        let report = try await cluster.command(["check"], aside: ["--redis-url", redis.url])
        #expect(report.contains("Nothing is wrong."), "\(report)")
        let serve = ["serve", "--roles", "upkeep,fanout"]
        await #expect { try await cluster.command(serve, aside: ["--redis-url", redis.url]) } throws: {
            "\($0)".contains("--kafka-brokers")
        }
        #expect(try await publish(bob, &line) == 201)
        try await expect([1, 2], of: bob, &line)
        // It waits until nothing is left in Kafka.
        _ = try await cluster.command(["check"], aside: ["--redis-url", redis.url])
        await line.close()
        #expect(try await cluster.end() == [])

        var rest = Cluster.Shape()
        (rest.fanouts, rest.apis) = (1, 1)
        let later = try await Cluster(database: database, redis: redis.url, rest)
        var newLine = Line(later.apiPorts)
        #expect(try await publish(bob, &newLine) == 201)
        try await expect([1, 3], of: bob, &newLine)
        #expect(try await later.command(["check"]).contains("Nothing is wrong."))
        await newLine.close()
        #expect(try await later.end() == [])
        withExtendedLifetime(kafka) {}
    }

    private func publish(_ author: Town.Person, _ line: inout Line) async throws -> Int {
        let request = HTTPClientRequest("POST", "/v1/posts", as: author.token, body: #"{"content":"Hello"}"#)
        return try await line.send(request, to: 0).status
    }

    /// Followers and posts, once they are as many, and no more when a later event has been counted too.
    private func expect(_ counts: [Int], of person: Town.Person, _ line: inout Line) async throws {
        let request = HTTPClientRequest("GET", "/v1/users/\(person.id)", as: person.token)
        var shown: [Int?] = []
        for _ in 0..<1_500 {
            let json = try await line.send(request, to: 0).json
            shown = [json["followers_count"].int, json["posts_count"].int]
            if shown == counts { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(shown == counts)
    }
}
