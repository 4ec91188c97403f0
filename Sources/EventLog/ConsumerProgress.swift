import Synchronization

/// The offset a group has reached, and those who wait for it.
final class ConsumerProgress: Sendable {
    private struct State {
        var offset: Int64 = 0
        var nextWaiter: UInt64 = 0
        var waiters: [UInt64: (offset: Int64, continuation: CheckedContinuation<Void, any Error>)] = [:]
    }

    private let state = Mutex(State())

    var offset: Int64 { state.withLock { $0.offset } }

    /// Whether somebody waits for an offset.
    var isAwaited: Bool { state.withLock { !$0.waiters.isEmpty } }

    func advance(to offset: Int64) {
        let reached = state.withLock { state in
            state.offset = max(state.offset, offset)
            let current = state.offset
            let due = state.waiters.filter { $0.value.offset <= current }
            for key in due.keys { state.waiters[key] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in reached { continuation.resume() }
    }

    /// - Parameter onWait: called once the caller waits, if it has to.
    func wait(for offset: Int64, onWait: () -> Void = {}) async throws {
        let key = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let resumesNow = state.withLock { state -> Bool in
                    guard state.offset < offset, !Task.isCancelled else { return true }
                    state.waiters[key] = (offset, continuation)
                    return false
                }
                if resumesNow { continuation.resume() } else { onWait() }
            }
            try Task.checkCancellation()
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: key) }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }
}
