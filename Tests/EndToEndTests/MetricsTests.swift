import HTTPClient
import Testing
import TestSupport

extension EndToEnd {
    @Suite(.serialized) struct MetricsTests {}
}

extension EndToEnd.MetricsTests {
    private static let token = "a-token-nobody-guesses"

    private static let expected = [
        "starling_publish_to_visible_seconds": "summary", "starling_feed_seconds": "summary",
        "starling_cache_hits_total": "counter", "starling_cache_misses_total": "counter",
        "starling_fanout_backlog": "gauge", "starling_fanout_deliveries_total": "counter",
        "starling_fanout_retries_total": "counter", "starling_fanout_failures_total": "counter",
        "starling_group_commit_batch_size": "summary", "starling_commit_queue_depth": "gauge",
        "starling_http_body_bytes_held": "gauge", "starling_http_bodies_refused_total": "counter",
        "starling_rate_limited_total": "counter", "starling_http_request_seconds": "summary",
        "starling_http_requests_total": "counter", "starling_timeline_rebuilds_total": "counter",
        "process_cpu_seconds_total": "counter", "process_resident_memory_bytes": "gauge",
    ]

    @Test("what the server measures is told in Prometheus' format, to who has the token and on the metrics port")
    func metrics() async throws {
        let folder = try TemporaryFolder()
        let members = try await Member.created(["alice", "bob"], in: folder.file("data"))
        let port = try LoopbackPort.free()
        let flags = ["--metrics-token", Self.token, "--metrics-port", "\(port)", "--rate-limit-address", "5"]
        try await RunningServer.with(folder.file("data"), flags) { server in
            let (alice, bob) = (server.api.with(token: members[0].token), server.api.with(token: members[1].token))
            #expect(try await bob.send("POST", "/v1/users/\(members[0].id)/follow").status == 200)
            #expect(try await bob.get("/v1/feed").status == 200)
            #expect(try await alice.send("POST", "/v1/posts", ["content": "measured"]).status == 201)
            for _ in 0..<10 { _ = try await server.api.get("/v1/users/\(members[0].id)") }
            // The first of these loads what the others find in memory.
            for _ in 0..<3 { #expect(try await FeedPages.ids(bob).count == 1) }

            let text = try await eventually { text in
                text.samples["starling_publish_to_visible_seconds_count"] == 1
            } from: {
                try Exposition(try await server.api.with(token: Self.token).get("/metrics").text)
            }
            try expectAll(text)
            let own = try await APIClient(port: port).get("/metrics")
            #expect(own.header("Content-Type")?.hasPrefix("text/plain; version=0.0.4") == true)
            try expectAll(try Exposition(own.text))

            for token in [nil, "wrong", members[0].token] {
                let refused = try await server.api.with(token: token).get("/metrics")
                #expect(refused.status == 404 && refused.header("Content-Type") == "application/problem+json")
            }
            #expect(try await APIClient(port: port).get("/v1/feed").status == 404)
        }
    }

    @Test("on an address that others reach, the metrics port asks for the token, too")
    func metricsHost() async throws {
        let folder = try TemporaryFolder()
        let port = try LoopbackPort.free()
        let flags = ["--metrics-token", Self.token, "--metrics-port", "\(port)", "--metrics-host", "0.0.0.0"]
        try await RunningServer.with(folder.file("data"), flags) { _ in
            let api = APIClient(port: port)
            #expect(try await api.with(token: Self.token).get("/metrics").status == 200)
            for token in [nil, "wrong"] {
                let refused = try await api.with(token: token).get("/metrics")
                #expect(refused.status == 404)
            }
        }
    }

    private func expectAll(_ metrics: Exposition) throws {
        for (name, kind) in Self.expected { #expect(metrics.kinds[name] == kind, "\(name)") }
        for quantile in ["0.5", "0.95", "0.99"] {
            let lag = metrics.samples["starling_publish_to_visible_seconds{quantile=\"\(quantile)\"}"]
            #expect(lag.map { $0 > 0 && $0 < 1 } == true)
            #expect(metrics.samples["starling_feed_seconds{cache=\"warm\",quantile=\"\(quantile)\"}"] ?? 0 > 0)
            #expect(metrics.samples["starling_feed_seconds{cache=\"cold\",quantile=\"\(quantile)\"}"] ?? 0 > 0)
            #expect(metrics.samples["starling_group_commit_batch_size{quantile=\"\(quantile)\"}"] ?? 0 >= 1)
        }
        #expect(metrics.samples["starling_fanout_deliveries_total"] == 1)
        #expect(metrics.samples["starling_fanout_backlog{group=\"fanout\"}"] == 0)
        #expect(metrics.samples["starling_rate_limited_total{rule=\"address\"}"] ?? 0 >= 5)
        #expect(metrics.samples["starling_cache_hits_total{cache=\"accounts\"}"] ?? 0 > 0)
    }

    private func eventually(
        _ condition: (Exposition) -> Bool, from read: () async throws -> Exposition
    ) async throws -> Exposition {
        for _ in 0..<200 {
            let metrics = try await read()
            if condition(metrics) { return metrics }
            try await Task.sleep(for: .milliseconds(10))
        }
        return try await read()
    }
}
