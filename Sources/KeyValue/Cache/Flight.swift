import Synchronization

/// One load under way and those who wait for it.
@usableFromInline
final class Flight<Key: CacheKey, Value: Sendable>: Sendable {
    typealias Values = [Key: Value]
    private typealias Waiter = CheckedContinuation<Values, any Error>

    private struct State {
        var waiters: [Int: Waiter] = [:]
        /// Nil while under way.
        var result: Result<Values, any Error>?
    }

    private let state = Mutex(State())
    private let tickets = Atomic<Int>(0)

    /// Hands the result to all who wait, and to all who will.
    func land(_ result: Result<Values, any Error>) {
        let waiters = state.withLock { state in
            state.result = result
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.resume(with: result) }
    }

    /// Waits for the result.
    /// - Throws: the load's error, or `CancellationError` where the waiting task is cancelled.
    func values() async throws -> Values {
        let ticket = tickets.wrappingAdd(1, ordering: .relaxed).newValue
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { board($0, ticket: ticket) }
        } onCancel: {
            leave(ticket: ticket)
        }
    }

    var waiterCount: Int {
        state.withLock { $0.waiters.count }
    }

    private func board(_ waiter: Waiter, ticket: Int) {
        let result: Result<Values, any Error>? = state.withLock { state in
            if let result = state.result { return result }
            // A cancellation that came before this found nobody to wake.
            guard !Task.isCancelled else { return .failure(CancellationError()) }
            state.waiters[ticket] = waiter
            return nil
        }
        if let result { waiter.resume(with: result) }
    }

    private func leave(ticket: Int) {
        let waiter = state.withLock { $0.waiters.removeValue(forKey: ticket) }
        waiter?.resume(throwing: CancellationError())
    }
}
