import Core
import Metrics
import Synchronization
import Telemetry

/// The room for long request bodies in memory, shared by all connections.
///
/// Every request may bring `Limits.bodyBytesOwn`, in which nearly all that is posted fits. What goes beyond is taken from one
/// room, so that many clients with long bodies neither take the server's memory nor keep others from posting.
package final class BodyRoom: Sendable {
    private let bytesMax: Int
    private let held = Atomic<Int>(0)
    private let heldBytes: Meter
    private let refusals: Counter

    init(bytesMax: Int = Limits.sharedBodyBytesMax, metrics: any MetricsFactory = MetricsSystem.factory) {
        self.bytesMax = bytesMax
        heldBytes = Meter(label: MetricName.bodyBytesHeld, factory: metrics)
        refusals = Counter(label: MetricName.bodiesRefused, factory: metrics)
    }

    fileprivate func take(_ count: Int) -> Bool {
        guard held.wrappingAdd(count, ordering: .relaxed).newValue <= bytesMax else {
            held.wrappingSubtract(count, ordering: .relaxed)
            refusals.increment()
            return false
        }
        heldBytes.increment(by: Double(count))
        return true
    }

    fileprivate func giveBack(_ count: Int) {
        guard count > 0 else { return }
        held.wrappingSubtract(count, ordering: .relaxed)
        heldBytes.decrement(by: Double(count))
    }
}

/// What one request holds of the room, until nobody holds the request any more.
final class BodyShare: Sendable {
    private let room: BodyRoom
    private let taken = Atomic<Int>(0)

    init(_ room: BodyRoom) {
        self.room = room
    }

    deinit {
        room.giveBack(taken.load(ordering: .relaxed))
    }

    /// To be called by one at a time.
    /// - Parameter total: the bytes of the body, with those that have just come.
    /// - Returns: whether there is room for them.
    func admits(_ total: Int) -> Bool {
        let more = total - Limits.bodyBytesOwn - taken.load(ordering: .relaxed)
        guard more > 0 else { return true }
        guard room.take(more) else { return false }
        taken.wrappingAdd(more, ordering: .relaxed)
        return true
    }
}
