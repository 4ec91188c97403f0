import Foundation
import Testing

@testable import Starling

@Suite("Help texts of metrics")
struct MetricHelpTests {
    @Test(
        "every target's are in the registry that the server starts with",
        arguments: [
            "starling_feed_seconds", "starling_redis_batches", "starling_blob_requests", "starling_kafka_lag",
            "starling_relay_backlog",
        ])
    func help(name: String) {
        #expect(Observability.help[name]?.hasSuffix(".") == true)
    }

    @Test(
        "alerts, panels and documents name what is measured",
        arguments: [
            "deploy/prometheus/alerts.yml", "deploy/grafana/starling.json", "docs/operations.md", "docs/scaling.md",
        ])
    func named(file: String) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: file), encoding: .utf8)
        let names = Set(text.matches(of: /starling_[a-z0-9_]*[a-z0-9]\b/).map { String($0.output) })
        #expect(!names.isEmpty)
        for name in names {
            let suffix = ["_total", "_bucket", "_sum", "_count"].first { name.hasSuffix($0) } ?? ""
            let family = String(name.dropLast(suffix.count))
            #expect(Observability.help[name] != nil || Observability.help[family] != nil, "\(name)")
        }
    }
}
