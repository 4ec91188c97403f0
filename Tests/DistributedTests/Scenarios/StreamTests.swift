import HTTPClient
import TestServers
import TestWebSocket
import Testing

extension Survival {
    @Suite(.serialized, .timeLimit(.minutes(10))) struct StreamTests {}
}

extension Survival.StreamTests {
    /// Two apis; alice, who follows bob, listens at the second.
    private struct Stage {
        let store: PostgreSQLServer
        let redis: RedisServer
        let cluster: Cluster
        let alice: Town.Person
        let bob: Town.Person
        let ports: [Int]

        init() async throws {
            store = try PostgreSQLServer(settings: ["max_connections=300"])
            redis = try await RedisServer()
            cluster = try await Cluster(database: store.newDatabase(), redis: redis.url)
            let town = try await Town(2, in: cluster)
            (alice, bob, ports) = (town.people[0], town.people[1], town.ports)
            #expect(try await first("POST", "/v1/users/\(bob.id)/follow", as: alice).status == 200)
        }

        /// Asks the first api.
        func first(
            _ method: String, _ path: String, as person: Town.Person, body: String? = nil
        ) async throws -> HTTPClientResponse {
            try await ask(0, method, path, as: person, body: body)
        }

        /// Asks the second api.
        func second(_ method: String, _ path: String, as person: Town.Person) async throws -> HTTPClientResponse {
            try await ask(1, method, path, as: person)
        }

        private func ask(
            _ api: Int, _ method: String, _ path: String, as person: Town.Person, body: String? = nil
        ) async throws -> HTTPClientResponse {
            try await HTTPClient(.tcp(host: "127.0.0.1", port: ports[api]))
                .send(HTTPClientRequest(method, path, as: person.token, body: body))
        }

        func publish(_ text: String, at api: Int = 0) async throws -> String {
            let answer = try await ask(api, "POST", "/v1/posts", as: bob, body: #"{"content":"\#(text)"}"#)
            return try #require(answer.json["post_id"].string)
        }
    }

    @Test("over WebSocket a client hears what is written at another process, and is let go when it logs out there")
    func webSocket() async throws {
        let stage = try await Stage()
        let client = try await WebSocketClient.open(
            port: stage.ports[1], headers: [("Authorization", "Bearer \(stage.alice.token)")])
        guard case .text(let open) = await client.next() else {
            Issue.record("no open")
            return
        }
        #expect(open.contains(#""event":"open""#))
        let id = try await stage.publish("one")
        // What fan-out has no part in keeps no post back.
        #expect(try await stage.first("POST", "/v1/posts/\(id)/like", as: stage.bob).status == 200)
        try await expect("post.new", id, client)
        #expect(try await stage.first("DELETE", "/v1/posts/\(id)", as: stage.bob).status == 204)
        try await expect("post.deleted", id, client)
        let start = ContinuousClock.now
        #expect(try await stage.first("POST", "/v1/auth/logout", as: stage.alice).status == 204)
        #expect(await client.nextEvent() == .close(3000, "the token is not good any more"))
        #expect(start.duration(to: .now) < .seconds(2), "a second, and what this machine takes to ask")
        #expect(stage.cluster.breakdowns.isEmpty)
    }

    @Test("the token of one api is good at the other, which may be behind")
    func tokens() async throws {
        let stage = try await Stage()
        for turn in 1...30 {
            _ = try await stage.publish("post \(turn)")
            let page = try await stage.first("GET", "/v1/feed?limit=1", as: stage.alice)
            let latest = try #require(page.json["latest"].string)
            let news = try await stage.second("GET", "/v1/feed?since=\(latest)", as: stage.alice)
            #expect(news.status == 200, "\(turn)")
        }
        #expect(stage.cluster.breakdowns.isEmpty)
    }

    /// Whether the next event but counters is this.
    private func expect(
        _ event: String, _ post: String, _ client: WebSocketClient, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        while case .text(let text) = await client.nextEvent() {
            if text.contains(#""event":"counters""#) { continue }
            #expect(
                text.hasSuffix(#""event":"\#(event)","data":{"post_id":"\#(post)"}}"#), "\(text)",
                sourceLocation: sourceLocation)
            return
        }
        Issue.record("the stream ended", sourceLocation: sourceLocation)
    }

    @Test(
        "by server-sent events a client hears what is written at another process, and is let go when it logs out there")
    func serverSentEvents() async throws {
        let stage = try await Stage()
        let listener = try await EventListener.open(port: stage.ports[1], token: stage.alice.token)
        #expect(await listener.line(beginning: "id: ") != nil)
        let id = try await stage.publish("one")
        #expect(await listener.line(beginning: "event: post.new") != nil)
        #expect(await listener.line(beginning: "data: ") == #"data: {"post_id":"\#(id)"}"#)
        #expect(try await stage.first("POST", "/v1/auth/logout", as: stage.alice).status == 204)
        #expect(await listener.line(beginning: "never") == nil, "it did not end")
    }

    @Test("a password that is changed at one process ends the streams and the other sessions at another")
    func passwordChanged() async throws {
        let stage = try await Stage()
        let here = try await Town.register("carol", at: stage.ports[0])
        let there = try await Town.logIn("carol", at: stage.ports[1])
        var listeners: [EventListener] = []
        for person in [here, there] {
            let listener = try await EventListener.open(port: stage.ports[1], token: person.token)
            #expect(await listener.line(beginning: "id: ") != nil)
            listeners.append(listener)
        }
        let start = ContinuousClock.now
        let body = #"{"current_password":"\#(Town.password)","password":"another horse"}"#
        #expect(try await stage.first("PUT", "/v1/me/password", as: here, body: body).status == 204)
        for listener in listeners { #expect(await listener.line(beginning: "never") == nil, "it did not end") }
        #expect(start.duration(to: .now) < .seconds(2), "a second, and what this machine takes to ask")
        // The session that changed it goes on everywhere; the other has ended everywhere.
        #expect(try await stage.second("GET", "/v1/me", as: here).status == 200)
        #expect(try await stage.second("GET", "/v1/me", as: there).status == 401)
        #expect(stage.cluster.breakdowns.isEmpty)
    }

    @Test(
        "when the api behind HAProxy dies that a client listens at, it goes on at the other, told to read its feed anew"
    )
    func balanced() async throws {
        let stage = try await Stage()
        let balancer = try await Balancer(before: stage.ports)
        let listener = try await EventListener.open(port: balancer.port, token: stage.alice.token)
        let cookie = try #require(await listener.line(beginning: "set-cookie: starling_api="))
        let (dying, other) = cookie.contains("=api1;") ? (0, 1) : (1, 0)
        let last = try #require(await listener.line(beginning: "id: ")).dropFirst("id: ".count)
        let before = try await stage.publish("before")
        #expect(await listener.line(beginning: "data: {\"post_id\"") == #"data: {"post_id":"\#(before)"}"#)
        stage.cluster.apis[dying].kill()
        #expect(await listener.line(beginning: "never") == nil, "it did not end")
        let missed = try await stage.publish("meanwhile", at: other)
        let again = try await EventListener.open(port: balancer.port, token: stage.alice.token, after: String(last))
        #expect(await again.line(beginning: "event: reset") != nil)
        let feed = try await HTTPClient(.tcp(host: "127.0.0.1", port: balancer.port))
            .send(HTTPClientRequest("GET", "/v1/feed", as: stage.alice.token, body: nil))
        #expect(String(decoding: feed.body, as: UTF8.self).contains(missed))
        let after = try await stage.publish("after", at: other)
        #expect(await again.line(beginning: "data: {\"post_id\"") == #"data: {"post_id":"\#(after)"}"#)
        #expect(stage.cluster.members.filter { $0 !== stage.cluster.apis[dying] }.allSatisfy { $0.exitStatus == nil })
        withExtendedLifetime(balancer) {}
    }
}
