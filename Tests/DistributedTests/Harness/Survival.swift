import Foundation
import Testing

/// What the distributed profile must survive: real processes and real servers, which are killed, stopped, emptied and cut
/// off while people use them. One scenario at a time: each needs every core.
@Suite(.serialized) enum Survival {
    /// Whether outages last as long as real ones; `STARLING_DRILL=1`.
    static let isDrill = ProcessInfo.processInfo.environment["STARLING_DRILL"] == "1"

    /// How long an engine is away.
    static var outage: Duration { isDrill ? .seconds(60) : .seconds(10) }

    /// Within what everything must be right after the last answer. Beside other work the machine may take longer, which
    /// a drill, run on its own, does not forgive.
    static var settling: Duration { isDrill ? .seconds(30) : .seconds(120) }

    /// How often something is killed.
    static var kills: Int { isDrill ? 40 : 8 }

    /// What the random choices of a scenario begin with; printed where it fails.
    static let seed = ProcessInfo.processInfo.environment["STARLING_SEED"].flatMap { Int($0) } ?? 7
}
