import Core
import Synchronization

/// A clock that tests move by hand.
final class ManualClock: Sendable {
    private let milliseconds = Mutex<Int64>(1_750_000_000_000)

    var wall: WallClock {
        WallClock { [self] in milliseconds.withLock { $0 } }
    }

    func advance(by duration: Duration) {
        milliseconds.withLock { $0 += duration.components.seconds * 1000 }
    }
}
