import Core

extension Limits {
    /// Records a producer holds that no broker has confirmed; past it `produce` waits.
    package static let kafkaQueueRecordsMax = 50_000
    package static let kafkaQueueKilobytesMax = 65_536
    /// One record, as brokers accept it by default.
    package static let kafkaRecordBytesMax = 1_000_000
    /// How long a producer gathers records for one request.
    package static let kafkaLinger: Duration = .milliseconds(2)
    /// Fetched records a consumer holds ahead of its owner.
    package static let kafkaFetchedKilobytesMax = 16_384
    package static let kafkaPollBytesMax = 4 * 1_024 * 1_024
    /// A consumer that is not polled for so long loses its partitions to others.
    package static let kafkaPollIntervalMax: Duration = .seconds(300)
    package static let kafkaHeartbeat: Duration = .milliseconds(500)
    package static let kafkaReconnectWaitMax: Duration = .seconds(2)
    package static let kafkaRequestSecondsMax: Duration = .seconds(10)
    package static let kafkaCloseSecondsMax: Duration = .seconds(5)
}

extension Duration {
    /// Whole milliseconds, as C functions take them.
    var milliseconds: Int32 {
        let (seconds, attoseconds) = components
        return Int32(
            clamping: seconds.multipliedReportingOverflow(by: 1_000).partialValue + attoseconds / 1_000_000_000_000_000)
    }
}
