import Foundation
import Histogram

/// What a run measured, after the warmup.
package struct BenchReport: Sendable, Codable, Equatable {
    /// Latencies of 2xx responses in µs: from the intended start in an open loop, from the sending in a closed one.
    package struct Latency: Sendable, Codable, Equatable {
        package let count: UInt64
        package let p50: UInt64
        package let p90: UInt64
        package let p99: UInt64
        package let p999: UInt64
        package let max: UInt64
    }

    /// Processor time over the measured seconds.
    package struct CPU: Sendable, Codable, Equatable {
        package let microsecondsPerRequest: Double
        /// Cores kept busy: 1.0 is one core all the time.
        package let cores: Double
    }

    package let scenario: BenchScenario
    package let connections: Int
    package let threads: Int
    /// The rate asked for; nil in a closed loop.
    package let targetRate: Double?
    package let seconds: Double
    /// Responses of any status.
    package let requests: UInt64
    package let requestsPerSecond: Double
    package let bytesReceived: UInt64
    package let responsesByStatus: [String: UInt64]
    package let non2xx: UInt64
    /// Requests without a complete response, by cause.
    package let transportFailures: [String: UInt64]
    /// Open loop: requests that were due while the queue was full, and never sent.
    package let dropped: UInt64
    /// `fanout`: times a reader did not see a post within the request timeout.
    package let missed: UInt64
    /// Requests queued or on the wire when the time was up; their latencies are not in the percentiles.
    package let unfinished: UInt64
    package let read: Latency?
    package let write: Latency?
    /// `fanout`: from the start of a publish to the end of the poll that showed the post to a reader, for each reader.
    package let visible: Latency?
    package let serverCPU: CPU?
    package let generatorCPU: CPU?

    /// Everything that went wrong: non-2xx responses, transport failures, dropped and missed.
    package var errors: UInt64 { non2xx + transportFailures.values.reduce(dropped + missed, +) }

    /// The report as one JSON object with snake_case keys, sorted.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

extension BenchReport {
    /// CPU seconds used during the measurement.
    struct CPUSeconds {
        let server: Double?
        let generator: Double?

        func since(_ earlier: Self) -> Self {
            Self(
                server: server.map { $0 - (earlier.server ?? 0) },
                generator: generator.map { $0 - (earlier.generator ?? 0) })
        }
    }

    init(_ options: BenchOptions, _ tally: Tally, seconds: Double, cpu: CPUSeconds) {
        let requests = tally.responses
        func perRequest(_ used: Double) -> CPU {
            CPU(microsecondsPerRequest: requests == 0 ? 0 : used * 1e6 / Double(requests), cores: used / seconds)
        }
        self.init(
            scenario: options.scenario,
            connections: options.effectiveConnections,
            threads: options.effectiveThreads,
            targetRate: options.effectiveRate,
            seconds: seconds,
            requests: requests,
            requestsPerSecond: Double(requests) / seconds,
            bytesReceived: tally.bytesReceived,
            responsesByStatus: Dictionary(uniqueKeysWithValues: tally.responsesByStatus.map { (String($0), $1) }),
            non2xx: tally.responsesByStatus.reduce(0) { $0 + ((200..<300).contains($1.key) ? 0 : $1.value) },
            transportFailures: Dictionary(uniqueKeysWithValues: tally.transportFailures.map { ($0.rawValue, $1) }),
            dropped: tally.dropped,
            missed: tally.missed,
            unfinished: tally.unfinished,
            read: Latency(tally.read),
            write: Latency(tally.write),
            visible: Latency(tally.visible),
            serverCPU: cpu.server.map(perRequest),
            generatorCPU: cpu.generator.map(perRequest)
        )
    }
}

extension BenchReport.Latency {
    /// nil when nothing was recorded.
    init?(_ latencies: Tally.Latencies) {
        guard latencies.totalCount > 0 else { return nil }
        self.init(
            count: latencies.totalCount,
            p50: latencies.valueAtPercentile(50),
            p90: latencies.valueAtPercentile(90),
            p99: latencies.valueAtPercentile(99),
            p999: latencies.valueAtPercentile(99.9),
            max: latencies.maxRecorded
        )
    }
}
