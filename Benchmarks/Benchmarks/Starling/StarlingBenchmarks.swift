import Benchmark
import Workloads

/// The three hot paths, in this process and without a network. Times vary with the machine: what guards these paths are
/// instruction counts (`make guard`); these tell how long they take, and how that changes with the size of things.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .cpuTotal, .throughput, .peakMemoryResident], warmupIterations: 3,
        scalingFactor: .kilo, maxDuration: .seconds(5), maxIterations: 200)

    for followees in [200, 5_000] {
        Benchmark("Feed read, warm, \(followees) followees") { benchmark, reads in
            blackHole(try reads.read(benchmark.scaledIterations.count))
        } setup: {
            try await FeedReads(followees: followees)
        }
    }

    Benchmark("Publish to 50 followers, 50 at a time") { benchmark, publishes in
        for _ in stride(from: 0, to: benchmark.scaledIterations.count, by: 50) { try await publishes.publish(50) }
    } setup: {
        try await Publishes()
    }

    for followers in [50, 1_000] {
        Benchmark(
            "Delivery to \(followers) of 200,000 timelines",
            configuration: .init(
                metrics: [.wallClock, .cpuTotal, .throughput, .peakMemoryResident], warmupIterations: 3,
                scalingFactor: .mega, maxDuration: .seconds(5), maxIterations: 100)
        ) { benchmark, deliveries in
            try deliveries.deliver(benchmark.scaledIterations.count)
        } setup: {
            try await Deliveries(followers: followers)
        }
    }
}
