import Core
import Synchronization

/// A clock that tests move by hand. Each look moves it by a millisecond, so that what comes later has a greater id.
final class ManualClock: Sendable {
    private let milliseconds = Mutex<Int64>(1_750_000_000_000)

    var wall: WallClock {
        WallClock { [self] in
            milliseconds.withLock { now in
                now += 1
                return now
            }
        }
    }

    func advance(by duration: Duration) {
        milliseconds.withLock { $0 += duration.components.seconds * 1000 }
    }
}
