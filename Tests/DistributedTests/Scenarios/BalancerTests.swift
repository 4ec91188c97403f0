import Foundation
import HTTPClient
import TestServers
import TestSupport
import Testing

extension Survival {
    @Suite(.serialized) struct BalancerTests {}
}

extension Survival.BalancerTests {
    @Test("an api behind HAProxy is killed, and no more than the requests in flight fail")
    func apiBehindBalancer() async throws {
        let store = try PostgreSQLServer(settings: ["max_connections=300"])
        let redis = try await RedisServer()
        let cluster = try await Cluster(database: store.newDatabase(), redis: redis.url)
        let balancer = try await Balancer(before: cluster.apiPorts)
        // A write in flight cannot be sent again by HAProxy, which answers 502 for it, or closes.
        let town = try await Town(in: cluster, balancer: balancer.port, excusing: .cutRequests)
        try await Scenario(cluster: cluster, town: town).run {
            for round in 0..<(Survival.isDrill ? 12 : 4) {
                try await Task.sleep(for: .seconds(3))
                try await cluster.killAndRestart(cluster.apis[round % 2])
            }
            try await Task.sleep(for: .seconds(2))
        }
        // One per writer and kill at the most: whoever had a request at the killed one just then.
        let inFlight = town.people.count * (Survival.isDrill ? 12 : 4)
        #expect(town.findings["cut"] <= inFlight)
        withExtendedLifetime(balancer) {}
    }

    @Test("where no api is left, HAProxy says when to try again, as the apis would")
    func noneLeft() async throws {
        let store = try PostgreSQLServer(settings: ["max_connections=300"])
        let redis = try await RedisServer()
        var shape = Cluster.Shape()
        (shape.fanouts, shape.upkeeps) = (1, 0)
        let cluster = try await Cluster(database: store.newDatabase(), redis: redis.url, shape)
        let balancer = try await Balancer(before: cluster.apiPorts)
        for api in cluster.apis { api.kill() }
        var answer: HTTPClientResponse?
        for _ in 0..<500 where answer?.status != 503 {
            answer = try? await HTTPClient(.tcp(host: "127.0.0.1", port: balancer.port)).send(
                HTTPClientRequest(path: "/v1/feed"))
            try await Task.sleep(for: .milliseconds(20))
        }
        let refused = try #require(answer)
        #expect(refused.status == 503)
        #expect(refused.header("Retry-After") == "1")
        #expect(refused.header("Content-Type") == "application/problem+json")
        #expect(refused.json["type"].string == "urn:starling:problem:unavailable")
    }
}

/// HAProxy with the configuration that is deployed.
final class Balancer: Sendable {
    let port: Int
    private let child: Child

    init(before ports: [Int]) async throws {
        guard try Command.run(["sh", "-c", "command -v haproxy"]) == 0 else {
            throw Member.Trouble(description: "There is no haproxy to test with. Install it: apt-get install haproxy")
        }
        let folder = try TemporaryFolder()
        let port = try LoopbackPort.free()
        let statistics = try LoopbackPort.free()
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        child = try Child(
            [
                "env", "STARLING_BIND=127.0.0.1:\(port)", "STARLING_API_1=127.0.0.1:\(ports[0])",
                "STARLING_API_2=127.0.0.1:\(ports[1])", "STARLING_STATS=127.0.0.1:\(statistics)",
                "STARLING_SOCKET=\(folder.file("haproxy.sock"))", "haproxy", "-db", "-f",
                root.appending(path: "deploy/haproxy/haproxy.cfg").path,
            ], log: folder.file("haproxy.log"))
        self.port = port
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            let answer = try? await HTTPClient(.tcp(host: "127.0.0.1", port: port)).send(
                HTTPClientRequest(path: "/readyz"))
            if answer?.status == 200 { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        let log = FileManager.default.contents(atPath: folder.file("haproxy.log")) ?? Data()
        throw Member.Trouble(description: "HAProxy does not answer: \(String(decoding: log, as: UTF8.self))")
    }
}
