import DequeModule
import NIOCore
import Synchronization

/// Events between the connection and the one who reads them.
final class MessageQueue: Sendable {
    private struct State {
        var messages: Deque<RedisSubscription.Event> = []
        var gap: Set<String> = []
        var reader: CheckedContinuation<RedisSubscription.Event?, Never>?
        var isClosed = false

        /// A gap comes first: it tells the reader to look at the store, which has what the messages say too.
        mutating func pop() -> RedisSubscription.Event? {
            guard gap.isEmpty else {
                defer { gap = [] }
                return .gap(channels: gap)
            }
            return messages.popFirst()
        }
    }

    private let state = Mutex(State())
    private let messagesMax: Int

    init(messagesMax: Int) {
        self.messagesMax = max(1, messagesMax)
    }

    /// - Returns: false if the reader is too slow; then what was kept is dropped too, and a gap is due.
    func add(_ message: RedisSubscription.Event) -> Bool {
        typealias Reader = CheckedContinuation<RedisSubscription.Event?, Never>
        let (reader, isKept) = state.withLock { state -> (Reader?, Bool) in
            if let reader = state.reader.take() { return (reader, true) }
            guard state.messages.count < messagesMax else {
                state.messages.removeAll(keepingCapacity: true)
                return (nil, false)
            }
            state.messages.append(message)
            return (nil, true)
        }
        reader?.resume(returning: message)
        return isKept
    }

    func addGap(_ channels: Set<String>) {
        if channels.isEmpty { return }
        let reader = state.withLock { state in
            if state.reader == nil { state.gap.formUnion(channels) }
            return state.reader.take()
        }
        reader?.resume(returning: .gap(channels: channels))
    }

    func close() {
        let reader = state.withLock { state in
            state.isClosed = true
            return state.reader.take()
        }
        reader?.resume(returning: nil)
    }

    func next() async -> RedisSubscription.Event? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (event, waits) = state.withLock { state -> (RedisSubscription.Event?, Bool) in
                    if let event = state.pop() { return (event, false) }
                    // A second reader would take the place of the first, which must not wait for ever.
                    guard !state.isClosed, !Task.isCancelled, state.reader == nil else { return (nil, false) }
                    state.reader = continuation
                    return (nil, true)
                }
                if !waits { continuation.resume(returning: event) }
            }
        } onCancel: {
            state.withLock { $0.reader.take() }?.resume(returning: nil)
        }
    }
}
