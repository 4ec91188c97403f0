/// Wakes one sleeper; any number of signals while it is busy count as one.
final class WakeSignal: Sendable {
    let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        // What is in the log already is handled without waiting for the next commit.
        continuation.yield()
    }

    func send() { continuation.yield() }
    func finish() { continuation.finish() }
}
