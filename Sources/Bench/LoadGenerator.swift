import HTTPClient
import NIOCore
import NIOPosix

/// Drives a running server as its options say and measures it.
///
/// It writes ready-made bytes on a few event loops, so that on a small machine the server has most of the processor.
package struct LoadGenerator: Sendable {
    private let options: BenchOptions
    private let onProgress: (@Sendable (BenchProgress) -> Void)?

    /// - Parameter onProgress: called about once a second during warmup and measurement.
    package init(_ options: BenchOptions, onProgress: (@Sendable (BenchProgress) -> Void)? = nil) {
        self.options = options
        self.onProgress = onProgress
    }

    /// Opens all connections, warms up, measures and closes.
    /// - Throws: `BenchError` for impossible options, a server that does not answer or an unreadable process;
    ///   `CancellationError` when the task is cancelled.
    package func run() async throws -> BenchReport {
        try options.validate()
        if let pid = options.pid { _ = try ProcessCPU.seconds(pid: pid) }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: options.effectiveThreads)
        do {
            let report = try await measure(on: group)
            try await group.shutdownGracefully()
            return report
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
    }

    private func measure(on group: MultiThreadedEventLoopGroup) async throws -> BenchReport {
        let lanes = try await makeLanes(on: group)
        do {
            for lane in lanes { try await lane.open() }
            for lane in lanes { try await lane.start() }
            try await watch(lanes, .warmup, for: options.warmup)

            for lane in lanes { try await lane.resetTally() }
            let cpuBefore = try cpuSeconds()
            let start = ContinuousClock.now
            try await watch(lanes, .measuring, for: options.duration)
            let cpuAfter = try cpuSeconds()
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            let tally = try await stop(lanes)
            return BenchReport(options, tally, seconds: seconds, cpu: cpuAfter.since(cpuBefore))
        } catch {
            _ = try await stop(lanes)
            throw (error is BenchError || error is CancellationError)
                ? error : BenchError(HTTPClientError(connectingTo: options.address, error).description)
        }
    }

    private func makeLanes(on group: MultiThreadedEventLoopGroup) async throws -> [LaneHandle] {
        let count = options.effectiveThreads
        let factory = RequestFactory(options, tokens: orderedTokens)
        var lanes: [LaneHandle] = []
        for number in 0..<count {
            let eventLoop = group.next()
            lanes.append(
                try await eventLoop.submit { [options] in
                    let lane: any Lane
                    if options.scenario == .fanout, let rate = options.effectiveRate {
                        lane = FanoutLane(options, factory: factory, rate: rate, eventLoop: eventLoop)
                    } else {
                        let placement = LoadLane.Placement(number: number, count: count, eventLoop: eventLoop)
                        lane = LoadLane(options, factory: factory, placement: placement)
                    }
                    return LaneHandle(lane, on: eventLoop, requestTimeout: options.requestTimeout)
                }.get())
        }
        return lanes
    }

    /// For `fanout` the author first, then one token for each reader.
    private var orderedTokens: [String] {
        guard options.scenario == .fanout else { return options.tokens }
        return [options.authorToken ?? options.tokens[0]] + options.fanoutReaderTokens
    }

    /// Waits for a phase to pass, reporting once a second.
    private func watch(_ lanes: [LaneHandle], _ phase: BenchProgress.Phase, for total: Duration) async throws {
        let clock = ContinuousClock()
        let start = clock.now
        var last = (at: start, requests: UInt64(0))
        while clock.now < start + total {
            try await clock.sleep(until: min(last.at + .seconds(1), start + total))
            var tally = Tally()
            for lane in lanes { tally.add(try await lane.tick()) }
            let now = clock.now
            let requests = tally.responses - min(last.requests, tally.responses)
            onProgress?(
                BenchProgress(
                    phase: phase, elapsed: now - start, total: total, requests: tally.responses,
                    requestsPerSecond: Double(requests) / ((now - last.at) / .seconds(1)), errors: tally.errors))
            last = (now, tally.responses)
        }
    }

    private func stop(_ lanes: [LaneHandle]) async throws -> Tally {
        var tally = Tally()
        for lane in lanes { tally.add(try await lane.stop()) }
        return tally
    }

    private func cpuSeconds() throws -> BenchReport.CPUSeconds {
        BenchReport.CPUSeconds(
            server: try options.pid.map(ProcessCPU.seconds(pid:)), generator: try ProcessCPU.ownSeconds())
    }
}
