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
}
