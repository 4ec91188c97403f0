import HTTPTypes
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

    /// Answers the handshake with `head`, and has the connection speak WebSocket from then on.
    static func become(
        _ head: HTTPResponse, on connection: HTTP1Connection, for use: WebSocketUse
    ) async throws -> WebSocketConnection {
        let channel = connection.channel
        let session = try await channel.eventLoop.submit {
            NIOLoopBound(WebSocketSession(use), eventLoop: channel.eventLoop)
        }.get()
        try await connection.become(head) { [WebSocketHandler(use.settings), session.value] }
        return WebSocketConnection(channel, session)
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

    func whenClosed(_ body: @escaping @Sendable () -> Void) {
        channel.closeFuture.whenComplete { _ in body() }
    }
}
