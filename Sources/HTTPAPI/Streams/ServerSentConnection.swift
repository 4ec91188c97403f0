import NIOCore
import Streaming

/// A connection of HTTP/1.1 that has become a stream of server-sent events: the only handler that is left to it, and what
/// the hub writes to. It has no task and no state.
///
/// The body goes on in chunks (RFC 9112, 7.1), as its head says.
final class ServerSentConnection: ChannelInboundHandler, StreamOutlet {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = Never

    /// How long a client may take to hear that the stream has ended.
    private static let endTime = TimeAmount.seconds(30)

    private let channel: any Channel

    init(_ channel: any Channel) {
        self.channel = channel
    }

    // MARK: - Out

    func open(at id: StreamEventID) {
        write(ServerSentEvents.opening(at: id))
    }

    func send(_ event: StreamEvent, _ id: StreamEventID) -> Bool {
        // What the channel holds back is what it may hold back; the reader had its time.
        guard channel.isWritable else { return false }
        write(ServerSentEvents.event(event, id))
        return true
    }

    func beat() -> Bool {
        guard channel.isWritable else { return false }
        write(ServerSentEvents.comment)
        return true
    }

    func end(_ reason: StreamEnd) {
        // Whatever waits for a reader that does not read would keep the connection.
        if reason == .slowReader { channel.close(promise: nil) } else { finish() }
    }

    /// Ends the body and then the connection.
    func finish() {
        let channel = channel
        let deadline = channel.eventLoop.scheduleTask(in: Self.endTime) { channel.close(promise: nil) }
        channel.writeAndFlush(ByteBuffer(string: "0\r\n\r\n")).whenComplete { _ in
            deadline.cancel()
            channel.close(promise: nil)
        }
    }

    private func write(_ event: ByteBuffer) {
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
