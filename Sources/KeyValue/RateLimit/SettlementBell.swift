import Synchronization

/// Rung when a subject has spent so much unreported that the next settlement should not wait its turn.
final class SettlementBell: Sendable {
    private let isRung = Atomic(false)

    func ring() {
        // Most times it rings already: a look leaves the cache line with all who look.
        if !isRung.load(ordering: .relaxed) { isRung.store(true, ordering: .relaxed) }
    }

    /// Whether it was rung; silences it.
    func answer() -> Bool { isRung.exchange(false, ordering: .relaxed) }
}
