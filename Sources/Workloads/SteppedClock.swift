import Core
import Synchronization

/// A time of day that stands still until it is moved on.
final class SteppedClock: Sendable {
    private let milliseconds = Atomic<Int64>(1_790_000_000_000)

    var wall: WallClock { WallClock { self.now } }
    var now: Int64 { milliseconds.load(ordering: .relaxed) }

    func step(_ difference: Int64 = 1) {
        milliseconds.add(difference, ordering: .relaxed)
    }
}
