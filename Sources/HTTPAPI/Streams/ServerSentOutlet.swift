import HTTPTypes
import NIOCore
import NIOHTTPTypes
import Streaming
import Synchronization

/// Writes events to a stream of HTTP/2, past the task that answered the request and only waits for the end.
final class ServerSentOutlet: ServerSentWriter {
    private enum State {
        case open
        case awaited(CheckedContinuation<Void, Never>)
        case ended
    }

    let channel: any Channel
    private let state = Mutex(State.open)

    init(_ channel: any Channel) {
        self.channel = channel
        channel.closeFuture.whenComplete { [weak self] _ in self?.finish() }
    }

    func end(_ reason: StreamEnd) {
        // Whatever waits for a reader that does not read would keep the connection.
        if reason == .slowReader { channel.close(promise: nil) }
        finish()
    }

    /// Returns once either side has ended the stream, or the task is cancelled.
    func waitUntilEnded() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard case .open = state else { return true }
                    state = .awaited(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            finish()
        }
    }

    private func finish() {
        let waiting: CheckedContinuation<Void, Never>? = state.withLock { state in
            defer { state = .ended }
            guard case .awaited(let continuation) = state else { return nil }
            return continuation
        }
        waiting?.resume()
    }

    func write(_ bytes: ByteBuffer) {
        channel.writeAndFlush(HTTPResponsePart.body(bytes), promise: nil)
    }
}

extension HTTPResponse {
    /// Whether the body goes on until somebody ends it.
    var isEventStream: Bool { headerFields[.contentType] == EventStream.contentType }
}

extension EventStream {
    static let contentType = "text/event-stream"
}
