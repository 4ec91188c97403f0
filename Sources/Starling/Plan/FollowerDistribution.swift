import Foundation

/// How followers are spread over accounts: log-normal, most have few and some very many.
struct FollowerDistribution {
    private let mean: Double
    private let location: Double
    private let scale: Double

    /// - Parameter mean: at least `median`.
    init(mean: Double, median: Double) {
        self.mean = mean
        location = log(median)
        scale = (2 * log(max(1, mean / median))).squareRoot()
    }

    /// The mean over all accounts where those with `bound` followers or more count as none: a partial expectation,
    /// mean · Φ((ln bound − μ − σ²) / σ). Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, 14.
    func mean(below bound: Double) -> Double {
        guard scale > 0 else { return mean < bound ? mean : 0 }
        return mean * Self.normal((log(bound) - location - scale * scale) / scale)
    }

    /// Accounts with `bound` followers or more.
    func share(from bound: Double) -> Double {
        guard scale > 0 else { return mean < bound ? 0 : 1 }
        return 1 - Self.normal((log(bound) - location) / scale)
    }

    private static func normal(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }
}
