import Synchronization

/// Counts a node's failures in a row. Open, it refuses everything at once; only a probe's success closes it.
final class CircuitBreaker: Sendable {
    private let failures = Atomic(0)
    private let open = Atomic(false)
    private let failuresMax: Int
    private let lastReason = Mutex("")
    private let onOpen = Mutex<(@Sendable () -> Void)?>(nil)

    init(failuresMax: Int) {
        self.failuresMax = max(1, failuresMax)
    }

    var isOpen: Bool { open.load(ordering: .relaxed) }

    /// What the last failure was.
    var reason: String { lastReason.withLock { $0 } }

    /// - Parameter body: called each time it opens.
    func whenOpened(_ body: @escaping @Sendable () -> Void) {
        onOpen.withLock { $0 = body }
    }

    func succeeded() {
        // A load is cheaper than a store that every core has to hear of.
        if failures.load(ordering: .relaxed) != 0 { failures.store(0, ordering: .relaxed) }
    }

    /// - Parameter reason: nil where it is known from a failure before.
    func failed(because reason: String? = nil) {
        if let reason { lastReason.withLock { $0 = reason } }
        let count = failures.wrappingAdd(1, ordering: .relaxed).newValue
        guard count >= failuresMax, !open.exchange(true, ordering: .relaxed) else { return }
        onOpen.withLock { $0 }?()
    }

    /// - Returns: whether it was open.
    func close() -> Bool {
        failures.store(0, ordering: .relaxed)
        return open.exchange(false, ordering: .relaxed)
    }
}
