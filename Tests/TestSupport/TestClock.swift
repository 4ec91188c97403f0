import Core
import Synchronization

/// A time of day that stands still until it is set, also back.
package final class TestClock: Sendable {
    private let milliseconds: Mutex<Int64>

    package init(_ start: Int64 = 1_790_000_000_000) {
        milliseconds = Mutex(start)
    }

    package var now: Int64 { milliseconds.withLock { $0 } }

    package func step(_ difference: Int64) {
        milliseconds.withLock { $0 += difference }
    }

    package var wall: WallClock { WallClock { self.now } }
}
