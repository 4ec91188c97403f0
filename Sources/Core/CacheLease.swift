import Synchronization

/// Until when a process may answer from what it keeps in memory.
///
/// Where other processes write too, they wait for a process that holds a lease before they acknowledge what hides
/// something, and wait no longer than the lease lasts. So a process that was stopped or cut off must ask here before it
/// answers from memory: once the lease has lapsed, only the store knows. The time is monotonic, so a stopped process
/// finds that it lapsed as soon as it runs again.
package final class CacheLease: Sendable {
    /// Where no other process writes.
    package static let permanent = CacheLease(validUntil: .max)

    /// Nanoseconds of `now`; `.max` for ever.
    private let validUntil: Atomic<UInt64>

    private init(validUntil: UInt64) {
        self.validUntil = Atomic(validUntil)
    }

    /// A lease that has to be extended before it is valid.
    package convenience init() {
        self.init(validUntil: 0)
    }

    package var isValid: Bool {
        let end = validUntil.load(ordering: .acquiring)
        return end == .max || Self.now < end
    }

    /// Makes the lease valid until `end`, in nanoseconds of `now`. Only its holder calls this, once everything that was
    /// committed before the lease was granted has been applied.
    package func extend(until end: UInt64) {
        validUntil.store(end, ordering: .releasing)
    }

    package func lapse() {
        validUntil.store(0, ordering: .releasing)
    }

    /// Monotonic nanoseconds; time in which the machine slept counts.
    package static var now: UInt64 {
        let elapsed = origin.duration(to: .now).components
        return UInt64(clamping: elapsed.seconds) &* 1_000_000_000
            &+ UInt64(clamping: elapsed.attoseconds / 1_000_000_000)
    }

    /// Before any lease, and not at zero, where a lapsed one ends.
    private static let origin = ContinuousClock.now.advanced(by: .seconds(-1))
}
