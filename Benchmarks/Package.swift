// swift-tools-version: 6.1
// Micro-benchmarks in a package of their own, so that the server does not depend on the tool that runs them.
import PackageDescription

let package = Package(
    name: "starling-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "starling", path: ".."),
        // Without its traits it does not replace malloc: counts of allocations read 0.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "StarlingBenchmarks",
            dependencies: [
                .product(name: "Workloads", package: "starling"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/Starling",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
        )
    ]
)
