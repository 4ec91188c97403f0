import NIOCore
import Streaming

/// A connection of HTTP/1.1 that has become a stream of server-sent events: the only handler that is left to it, and what
/// the hub writes to. It has no task and no state.
///
/// The body goes on in chunks (RFC 9112, 7.1), as its head says; to a client of HTTP/1.0 as it is, until the connection ends.
final class ServerSentConnection: ChannelInboundHandler, ServerSentWriter {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = Never

    /// How long a client may take to hear that the stream has ended.
    private static let endTime = TimeAmount.seconds(30)

    let channel: any Channel
    private let isChunked: Bool

    init(_ channel: any Channel, isChunked: Bool) {
        self.channel = channel
        self.isChunked = isChunked
    }

    // MARK: - Out

    func end(_ reason: StreamEnd) {
        // Whatever waits for a reader that does not read would keep the connection.
        if reason == .slowReader { channel.close(promise: nil) } else { finish() }
    }

    /// Ends the body and then the connection.
    func finish() {
        let channel = channel
        let deadline = channel.eventLoop.scheduleTask(in: Self.endTime) { channel.close(promise: nil) }
        channel.writeAndFlush(ByteBuffer(string: isChunked ? "0\r\n\r\n" : "")).whenComplete { _ in
            deadline.cancel()
            channel.close(promise: nil)
        }
    }

    func write(_ event: ByteBuffer) {
        guard isChunked else { return channel.writeAndFlush(event, promise: nil) }
        var event = event
        var chunk = channel.allocator.buffer(capacity: event.readableBytes + 12)
        chunk.writeString(String(event.readableBytes, radix: 16))
        chunk.writeString("\r\n")
        chunk.writeBuffer(&event)
        chunk.writeString("\r\n")
        channel.writeAndFlush(chunk, promise: nil)
    }

    // MARK: - In

    /// Who listens has nothing to say.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            finish()
        } else if event as? ChannelEvent == .inputClosed {
            // Who leaves closes their half first, and would be found out only by writing to them.
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
