import NIOCore
import Streaming

/// A WebSocket as the task sees it that serves it. Its methods may be called from any thread.
final class WebSocketConnection: Sendable {
    enum Silence: Error {
        case tooLong
    }

    private let channel: any Channel
    private let session: NIOLoopBound<WebSocketSession>

    private init(_ channel: any Channel, _ session: NIOLoopBound<WebSocketSession>) {
        self.channel = channel
        self.session = session
    }

    /// Has a connection of HTTP/1.1 become a WebSocket as soon as it answers with 101.
    /// - Throws: where it is none.
    static func prepared(on channel: any Channel, for use: WebSocketUse) async throws -> WebSocketConnection {
        try await channel.eventLoop.submit {
            let guardian = try channel.pipeline.syncOperations.handler(type: ConnectionGuard.self)
            let session = WebSocketSession(use)
            guardian.upgrade = [WebSocketHandler(use.settings), session]
            return WebSocketConnection(channel, NIOLoopBound(session, eventLoop: channel.eventLoop))
        }.get()
    }

    /// False while what was sent waits for the reader.
    var isWritable: Bool { channel.isWritable }

    /// The one message that a client may send.
    /// - Returns: nil where the connection has been closed instead.
    /// - Throws: `Silence` where none comes in time.
    func message(within limit: Duration) async throws -> [UInt8]? {
        let session = session
        let loop = channel.eventLoop
        return try await loop.flatSubmit { session.value.message(within: TimeAmount(limit), on: loop) }.get()
    }

    func send(_ text: [UInt8]) {
        let session = session
        channel.eventLoop.execute { session.value.send(text) }
    }

    func close(_ close: WebSocketClose) {
        let session = session
        channel.eventLoop.execute { session.value.end(close) }
    }

    /// Closes without a word.
    func cut() {
        channel.close(promise: nil)
    }

    func waitUntilClosed() async {
        // How it was closed makes no difference.
        do { try await channel.closeFuture.get() } catch {}
    }
}
