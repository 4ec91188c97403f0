import Core

extension Limits {
    /// Events in one batch of the relay.
    package static let relayBatchMax = 1_000
    package static let relayBatchFactsMax = 20_000
    /// Batches that the relay hands over before the first of them is confirmed.
    package static let relayFlightsMax = 8
    /// How often the relay looks for what other processes committed; its own process's commits wake it.
    package static let relayLookPause: Duration = .milliseconds(10)
    /// How often the relay stores how far it came, and so about how much it publishes again after a crash.
    package static let relaySavePause: Duration = .milliseconds(100)
    /// How often the relay tells how much is not published.
    package static let relayMeasurePause: Duration = .seconds(2)
    /// How often quiet partitions are told how far the log has come.
    package static let relayMarkPause: Duration = .milliseconds(500)
    /// How long the brokers may confirm nothing before the relay begins again with a new producer: longer than the library
    /// waits for one answer (`request.timeout.ms`, 30 s).
    package static let relaySilenceMax: Duration = .seconds(40)
    package static let kafkaPollWait: Duration = .milliseconds(200)
    package static let kafkaCommitPause: Duration = .seconds(1)
}
