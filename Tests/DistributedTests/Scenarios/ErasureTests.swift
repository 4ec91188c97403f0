import HTTPClient
import TestServers
import Testing

extension Survival {
    @Suite(.serialized, .timeLimit(.minutes(10))) struct ErasureTests {}
}

extension Survival.ErasureTests {
    @Test("of an erased account Redis knows nothing any more, and the receipt lists every store")
    func redis() async throws {
        let store = try PostgreSQLServer(settings: ["max_connections=300"])
        let redis = try await RedisServer()
        var shape = Cluster.Shape(apis: 1, fanouts: 1)
        shape.flags += ["--deletion-grace-days", "0"]
        let cluster = try await Cluster(database: store.newDatabase(), redis: redis.url, shape)
        let town = try await Town(1, in: cluster)
        let port = town.ports[0]
        let alice = try await Town.register("alice", at: port)
        let bob = town.people[0]
        func ask(_ method: String, _ path: String, _ token: String, _ body: String? = nil) async throws -> Int {
            try await HTTPClient(.tcp(host: "127.0.0.1", port: port))
                .send(HTTPClientRequest(method, path, as: token, body: body)).status
        }
        #expect(try await ask("POST", "/v1/users/\(alice.id)/follow", bob.token) == 200)
        #expect(try await ask("POST", "/v1/users/\(bob.id)/follow", alice.token) == 200)
        #expect(try await ask("POST", "/v1/posts", bob.token, #"{"content":"of bob"}"#) == 201)
        #expect(try await ask("POST", "/v1/posts", alice.token, #"{"content":"of alice"}"#) == 201)
        for token in [alice.token, bob.token] { #expect(try await ask("GET", "/v1/feed", token) == 200) }
        func keys() throws -> [Substring] {
            try redis.command("--scan", "--pattern", "*\(alice.id)*").split(separator: "\n")
        }
        #expect(try keys().count == 1, "the test looks for the wrong keys")
        let password = #"{"current_password":"\#(Town.password)"}"#
        #expect(try await ask("DELETE", "/v1/me", alice.token, password) == 202)
        var receipt = ""
        let deadline = ContinuousClock.now + .seconds(60)
        while !receipt.contains("users: 1"), ContinuousClock.now < deadline {
            receipt = try await cluster.command(["user", "deletions", "--id", alice.id])
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try keys() == [])
        for line in [
            "timelines/own: 1", "timelines/followers: 1", "caches/accounts: 0", "files/archives: 0", "events: 0",
        ] {
            #expect(receipt.contains(line), "\(receipt)")
        }
        #expect(cluster.breakdowns.isEmpty)
    }
}
