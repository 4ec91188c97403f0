import Core
import Synchronization
import Telemetry

/// Lets a bounded number through at a time, in the order they came; a bounded number waits, the rest is refused.
final class Turnstile: Sendable {
    /// The right to be inside, given back when it is let go of.
    final class Pass: Sendable {
        private let turnstile: Turnstile

        fileprivate init(_ turnstile: Turnstile) { self.turnstile = turnstile }

        deinit { turnstile.leave() }
    }

    private struct State {
        var inside = 0
        var nextTicket = 0
        var waiters: [Int: CheckedContinuation<Void, any Error>] = [:]
        var line: [Int] = []
        /// Cancelled before they could wait.
        var cancelled: Set<Int> = []

        mutating func takePlace(of max: Int) -> Bool {
            guard inside < max else { return false }
            inside += 1
            return true
        }
    }

    private let max: Int
    private let waitersMax: Int
    private let waitMax: Duration
    private let inFlight: Gauge
    private let refused: Counter
    private let state = Mutex(State())

    /// - Parameter name: the label `gate` of its metrics.
    init(
        _ name: String, max: Int, waitersMax: Int = Limits.blobWaitersMax, waitMax: Duration = Limits.blobWaitMax,
        metrics: any MetricsFactory
    ) {
        self.max = max
        self.waitersMax = waitersMax
        self.waitMax = waitMax
        inFlight = Gauge(label: MetricName.blobInFlight, dimensions: [("gate", name)], factory: metrics)
        refused = Counter(label: MetricName.blobRefused, dimensions: [("gate", name)], factory: metrics)
    }

    var inside: Int { state.withLock { $0.inside } }
    var waiting: Int { state.withLock { $0.waiters.count } }

    /// - Throws: `overloaded` if too many wait already, or after waiting too long; `CancellationError`.
    func enter() async throws -> Pass {
        if state.withLock({ $0.takePlace(of: max) }) { return admitted() }
        do {
            return try await Deadline.run(waitMax) { try await self.wait() }
        } catch let error as BlobStoreError where error.code == .deadlineExceeded {
            refused.increment()
            throw BlobStoreError(.overloaded, "the media store has no place for another call")
        }
    }

    private func admitted() -> Pass {
        inFlight.record(inside)
        return Pass(self)
    }

    private func wait() async throws -> Pass {
        let ticket = state.withLock { state in
            state.nextTicket &+= 1
            return state.nextTicket
        }
        // A cancellation that comes once the place is taken leaves its mark here.
        defer { state.withLock { _ = $0.cancelled.remove(ticket) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard let outcome = admit(ticket, continuation) else { return }
                continuation.resume(with: outcome)
            }
        } onCancel: {
            cancel(ticket)
        }
        return admitted()
    }

    private func admit(_ ticket: Int, _ continuation: CheckedContinuation<Void, any Error>) -> Result<Void, any Error>?
    {
        state.withLock { state in
            if state.cancelled.remove(ticket) != nil { return .failure(CancellationError()) }
            if state.takePlace(of: max) { return .success(()) }
            guard state.waiters.count < waitersMax else {
                refused.increment()
                return .failure(BlobStoreError(.overloaded, "too many calls wait for the media store"))
            }
            state.waiters[ticket] = continuation
            state.line.append(ticket)
            return nil
        }
    }

    private func cancel(_ ticket: Int) {
        let waiter = state.withLock { state in
            let waiter = state.waiters.removeValue(forKey: ticket)
            if waiter == nil { state.cancelled.insert(ticket) } else { state.line.removeAll { $0 == ticket } }
            return waiter
        }
        waiter?.resume(throwing: CancellationError())
    }

    fileprivate func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard !state.line.isEmpty else {
                state.inside -= 1
                return nil
            }
            // The place goes from one to the other.
            return state.waiters.removeValue(forKey: state.line.removeFirst())
        }
        inFlight.record(inside)
        next?.resume()
    }
}
