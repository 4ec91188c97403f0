import Core
import Synchronization

/// A time of day that stands still until it is set, also back.
final class TestClock: Sendable {
    private let milliseconds: Mutex<Int64>

    init(_ start: Int64 = 1_790_000_000_000) {
        milliseconds = Mutex(start)
    }

    var now: Int64 { milliseconds.withLock { $0 } }

    func step(_ difference: Int64) {
        milliseconds.withLock { $0 += difference }
    }

    var wall: WallClock { WallClock { self.now } }
}
