import Synchronization

/// What was seen and must not be, and how often other things were seen.
final class Findings: Sendable {
    private struct State {
        var wrongs: [String] = []
        var counts: [String: Int] = [:]
        var slowest: Duration = .zero
    }

    private static let wrongsMax = 40
    private let state = Mutex(State())

    func wrong(_ text: String) {
        state.withLock { state in
            state.counts["wrongs", default: 0] += 1
            if state.wrongs.count < Self.wrongsMax { state.wrongs.append(text) }
        }
    }

    func count(_ what: String) { state.withLock { $0.counts[what, default: 0] += 1 } }
    func took(_ duration: Duration) { state.withLock { $0.slowest = max($0.slowest, duration) } }

    subscript(_ what: String) -> Int { state.withLock { $0.counts[what] ?? 0 } }
    var wrongs: [String] { state.withLock { $0.wrongs } }

    /// Everything counted, for the end of a scenario.
    var summary: String {
        state.withLock { state in
            state.counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
                + "; slowest answer \(state.slowest)"
        }
    }
}
