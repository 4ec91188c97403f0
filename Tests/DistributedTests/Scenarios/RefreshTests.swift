import HTTPClient
import TestServers
import Testing

extension Survival {
    @Suite(.serialized, .timeLimit(.minutes(10))) struct RefreshTests {}
}

extension Survival.RefreshTests {
    @Test("tabs that refresh one token at once, at two processes, all stay logged in, and end together")
    func tabs() async throws {
        let store = try PostgreSQLServer(settings: ["max_connections=300"])
        let redis = try await RedisServer()
        let cluster = try await Cluster(database: store.newDatabase(), redis: redis.url)
        let ports = cluster.apiPorts
        func post(_ path: String, _ body: String, at port: Int) async throws -> HTTPClientResponse {
            var request = HTTPClientRequest(method: "POST", path: path, headers: [("Content-Type", "application/json")])
            request.body = Array(body.utf8)
            return try await HTTPClient(.tcp(host: "127.0.0.1", port: port)).send(request)
        }
        let registration = #"{"username":"alice","email":"alice@example.org","password":"correct horse"}"#
        let alice = try await post("/v1/users/register", registration, at: ports[0]).json
        let body = #"{"refresh_token":"\#(try #require(alice["refresh_token"].string))"}"#
        let tabs = try await withThrowingTaskGroup(of: HTTPClientResponse.self) { group in
            for tab in 0..<6 { group.addTask { try await post("/v1/auth/refresh", body, at: ports[tab % 2]) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(tabs.map(\.status) == Array(repeating: 200, count: 6))
        let tokens = tabs.compactMap { $0.json["access_token"].string }
        func statuses(at port: Int) async throws -> Set<Int> {
            var found: Set<Int> = []
            for token in tokens {
                let request = HTTPClientRequest("GET", "/v1/me", as: token)
                found.insert(try await HTTPClient(.tcp(host: "127.0.0.1", port: port)).send(request).status)
            }
            return found
        }
        for port in ports { #expect(try await statuses(at: port) == [200]) }
        let logout = HTTPClientRequest("POST", "/v1/auth/logout", as: try #require(tokens.first))
        #expect(try await HTTPClient(.tcp(host: "127.0.0.1", port: ports[0])).send(logout).status == 204)
        for port in ports { #expect(try await statuses(at: port) == [401]) }
        for tab in tabs {
            let next = #"{"refresh_token":"\#(tab.json["refresh_token"].string ?? "")"}"#
            #expect(try await post("/v1/auth/refresh", next, at: ports[1]).status == 401)
        }
        #expect(cluster.breakdowns.isEmpty)
    }
}
