import HTTPTypes
import NIOCore
import Synchronization

/// A request as it came over a connection, with its body.
struct ReceivedRequest: Sendable {
    let head: HTTPRequest
    /// Or why there is none: it is too long, or broke off.
    let body: Result<[UInt8], Problem>
    /// It speaks HTTP/1.0, which knows no chunks.
    var isOld = false
    /// What a long body holds of the room for such.
    var share: BodyShare?
}

/// The requests of one connection on their way from its event loop to the task that answers them.
final class RequestQueue: Sendable {
    private struct State {
        var requests = CircularBuffer<ReceivedRequest>(initialCapacity: 1)
        /// The task, where it has nothing to do.
        var waiting: CheckedContinuation<ReceivedRequest?, Never>?
        /// Whether the client takes what it is sent; until it does, nothing more is answered.
        var isWritable = true
        /// A read was asked for while there was enough to do.
        var isReadHeld = false
        var isFinished = false

        var mayRead: Bool { requests.isEmpty && isWritable }

        mutating func take() -> ReceivedRequest? {
            isWritable || isFinished ? requests.popFirst() : nil
        }
    }

    private let channel: any Channel
    private let state = Mutex(State())

    init(_ channel: any Channel) {
        self.channel = channel
    }

    /// The next request; nil once none will come.
    func next() async -> ReceivedRequest? {
        await withCheckedContinuation { continuation in
            let taken: (ReceivedRequest?, resumesReading: Bool)? = state.withLock { state in
                let request = state.take()
                guard request != nil || state.isFinished && state.requests.isEmpty else {
                    state.waiting = continuation
                    return nil
                }
                defer { if state.mayRead { state.isReadHeld = false } }
                return (request, state.isReadHeld && state.mayRead)
            }
            guard let taken else { return }
            if taken.resumesReading { channel.read() }
            continuation.resume(returning: taken.0)
        }
    }

    func append(_ request: ReceivedRequest) {
        let waiting: CheckedContinuation<ReceivedRequest?, Never>? = state.withLock { state in
            guard state.isWritable, let waiting = state.waiting else {
                state.requests.append(request)
                return nil
            }
            state.waiting = nil
            return waiting
        }
        waiting?.resume(returning: request)
    }

    /// Whether to read more; where not, the channel is told to once it may.
    func mayRead() -> Bool {
        state.withLock { state in
            state.isReadHeld = !state.mayRead
            return state.mayRead
        }
    }

    func setWritable(_ isWritable: Bool) {
        change { $0.isWritable = isWritable }
    }

    /// No more requests come.
    func finish() {
        change { $0.isFinished = true }
    }

    private func change(_ body: (inout State) -> Void) {
        let (waiting, request, resumesReading) = state.withLock { state in
            body(&state)
            var outcome: (CheckedContinuation<ReceivedRequest?, Never>?, ReceivedRequest?, Bool) = (nil, nil, false)
            if let waiting = state.waiting {
                outcome.1 = state.take()
                if outcome.1 != nil || state.isFinished {
                    outcome.0 = waiting
                    state.waiting = nil
                }
            }
            if state.mayRead, !state.isFinished {
                outcome.2 = state.isReadHeld
                state.isReadHeld = false
            }
            return outcome
        }
        waiting?.resume(returning: request)
        if resumesReading { channel.read() }
    }
}
