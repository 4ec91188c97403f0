import HTTPClient
import TestServers
import TestSupport
import Testing

extension Survival {
    @Suite(.serialized) struct StoppedAPITests {}
}

extension Survival.StoppedAPITests {
    private struct Stage {
        let store: PostgreSQLServer
        let redis: RedisServer
        let cluster: Cluster
        let alice: Town.Person
        let bob: Town.Person
        let ports: [Int]
        /// Of bob, who alice follows; both apis have shown it to her.
        let post: String

        init() async throws {
            store = try PostgreSQLServer(settings: ["max_connections=300"])
            redis = try await RedisServer()
            cluster = try await Cluster(database: store.newDatabase(), redis: redis.url)
            let town = try await Town(2, in: cluster)
            (alice, bob, ports) = (town.people[0], town.people[1], town.ports)
            var line = Line(ports)
            let follow = HTTPClientRequest("POST", "/v1/users/\(bob.id)/follow", as: alice.token)
            #expect(try await line.send(follow, to: 0).status == 200)
            let publish = HTTPClientRequest("POST", "/v1/posts", as: bob.token, body: #"{"content":"for alice"}"#)
            post = try #require(try await line.send(publish, to: 0).json["post_id"].string)
            for api in ports.indices { try await Self.waitUntilShown(post, to: alice, &line, api) }
            await line.close()
        }

        private static func waitUntilShown(
            _ post: String, to viewer: Town.Person, _ line: inout Line, _ api: Int
        ) async throws {
            let end = ContinuousClock.now + .seconds(60)
            while ContinuousClock.now < end {
                let answer = try await line.send(HTTPClientRequest("GET", "/v1/feed", as: viewer.token), to: api)
                if answer.text.contains(post) { return }
                try await Task.sleep(for: .milliseconds(20))
            }
            Issue.record("the post does not come to the feed at api \(api + 1)")
        }
    }

    enum Restriction: String, CaseIterable, Sendable {
        case block, blocked, mute, unfollow, delete, hide

        func request(_ alice: Town.Person, _ bob: Town.Person, _ post: String) -> HTTPClientRequest {
            switch self {
            case .block: HTTPClientRequest("POST", "/v1/users/\(bob.id)/block", as: alice.token)
            case .blocked: HTTPClientRequest("POST", "/v1/users/\(alice.id)/block", as: bob.token)
            case .mute: HTTPClientRequest("POST", "/v1/users/\(bob.id)/mute", as: alice.token)
            case .unfollow: HTTPClientRequest("DELETE", "/v1/users/\(bob.id)/follow", as: alice.token)
            case .delete: HTTPClientRequest("DELETE", "/v1/posts/\(post)", as: bob.token)
            case .hide:
                HTTPClientRequest(
                    "PUT", "/v1/posts/\(post)", as: bob.token, body: #"{"content":"mine","visibility":"private"}"#)
            }
        }
    }

    @Test(
        "what was hidden while an api was stopped is not in its answers when it goes on",
        arguments: Restriction.allCases)
    func stoppedAcrossARestriction(_ restriction: Restriction) async throws {
        let stage = try await Stage()
        let other = HTTPClient(.tcp(host: "127.0.0.1", port: stage.ports[1]))
        let feed = HTTPClientRequest("GET", "/v1/feed", as: stage.alice.token)
        let kept = try await other.connect()
        #expect(try await kept.send(feed).text.contains(stage.post))

        stage.cluster.apis[1].stop()
        let start = ContinuousClock.now
        var first = Line(stage.ports)
        let answer = try await first.send(restriction.request(stage.alice, stage.bob, stage.post), to: 0)
        let waited = start.duration(to: .now)
        #expect([200, 204].contains(answer.status))
        // The lease of one second, and what this machine takes to ask; without it, the limit of a request.
        #expect(waited < .seconds(8), "a stopped process held the answer up for \(waited)")

        // These start after the acknowledgement, and wait in the stopped process's sockets.
        async let onKept = kept.send(feed)
        async let onNew = other.send(feed)
        try await Task.sleep(for: .milliseconds(300))
        stage.cluster.apis[1].resume()
        for answer in [try await onKept, try await onNew, try await other.send(feed)] {
            #expect(answer.status == 200)
            #expect(!answer.text.contains(stage.post), "shown after \(restriction.rawValue)")
        }
        #expect(stage.cluster.breakdowns.isEmpty)
    }

    @Test("apis are stopped and go on under load, and nothing that is hidden is shown")
    func stoppedUnderLoad() async throws {
        let store = try PostgreSQLServer(settings: ["max_connections=300"])
        let redis = try await RedisServer()
        let cluster = try await Cluster(database: store.newDatabase(), redis: redis.url)
        let town = try await Town(in: cluster, excusing: [.lostConnections, .unavailability])
        try await Scenario(cluster: cluster, town: town).run {
            for round in 0..<(Survival.isDrill ? 10 : 4) {
                let stopped = cluster.apis[round % 2]
                try await Task.sleep(for: .seconds(2))
                stopped.stop()
                try await Task.sleep(for: .seconds(3))
                stopped.resume()
            }
            try await Task.sleep(for: .seconds(2))
        }
    }
}
