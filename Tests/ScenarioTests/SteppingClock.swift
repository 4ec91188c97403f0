import Core
import Synchronization

/// A time of day that moves when it is told to, also back.
final class SteppingClock: Sendable {
    private let milliseconds: Mutex<Int64>

    init(_ start: Int64 = 1_790_000_000_000) {
        milliseconds = Mutex(start)
    }

    var now: Int64 { milliseconds.withLock { $0 } }
    var wall: WallClock { WallClock { self.now } }

    func advance(by difference: Int64) {
        milliseconds.withLock { $0 += difference }
    }
}
