import Core
import NIOCore

/// Keeps what a client sends as bytes until there is need for it: read, a small request takes many times its bytes, and a
/// client may send thousands without waiting for an answer.
///
/// Stands before the parser, and gives it so much at a time while no request waits in the queue.
final class RequestPacer: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = Never

    private let queue: RequestQueue
    private let connection: ConnectionState
    private var held = ByteBuffer()
    /// The client has finished, which is to be told behind what is held.
    private var hasEnded = false
    private var isGiving = false

    init(_ queue: RequestQueue, _ connection: ConnectionState) {
        self.queue = queue
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if held.readableBytes == 0 { held = bytes } else { held.writeImmutableBuffer(bytes) }
        give(context)
    }

    /// Something is asked for, and what is held comes first.
    func read(context: ChannelHandlerContext) {
        give(context)
        if held.readableBytes == 0 { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard held.readableBytes > 0, event as? ChannelEvent == .inputClosed else {
            return context.fireUserInboundEventTriggered(event)
        }
        hasEnded = true
    }

    func channelInactive(context: ChannelHandlerContext) {
        held = ByteBuffer()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        held = ByteBuffer()
        if hasEnded { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
    }

    private func give(_ context: ChannelHandlerContext) {
        guard !isGiving else { return }
        isGiving = true
        while held.readableBytes > 0, queue.mayRead() {
            let count = min(held.readableBytes, Limits.requestBytesAtOnceMax)
            guard let part = held.readSlice(length: count) else { break }
            if held.readableBytes == 0 { held = ByteBuffer() }
            connection.holdsBytes = held.readableBytes > 0
            context.fireChannelRead(wrapInboundOut(part))
        }
        connection.holdsBytes = held.readableBytes > 0
        isGiving = false
        guard hasEnded, !connection.holdsBytes else { return }
        hasEnded = false
        context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }
}
