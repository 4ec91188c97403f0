import NIOCore

/// Answers the hottest requests on the event loop, before any of them is parsed in full, and hands everything else, byte for
/// byte, to the ordinary pipeline behind it.
///
/// It answers only while that pipeline owes nothing on this connection and holds no part of a request; so answers keep
/// their order, and no byte is ever read twice or differently.
final class FrontHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let desk: FrontDesk
    private let connection: ConnectionState
    private var forwarded = ForwardedRequests()
    private var isStopping = false
    private var hasUnflushed = false
    /// Whether the pipeline behind has seen something of what is being read.
    private var hasForwarded = false
    private var visitor: FrontDesk.Visitor

    init(desk: FrontDesk, connection: ConnectionState, address: String) {
        self.desk = desk
        self.connection = connection
        visitor = FrontDesk.Visitor(address: address)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        answerWhatMayBe(&bytes, context)
        guard bytes.readableBytes > 0 else { return }
        // What is answered behind comes after what was answered here.
        flush(context)
        bytes.withUnsafeReadableBytes { forwarded.take($0) }
        hasForwarded = true
        context.fireChannelRead(wrapInboundOut(bytes))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush(context)
        guard hasForwarded else { return }
        hasForwarded = false
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        flush(context)
        if event is ChannelShouldQuiesceEvent { isStopping = true }
        guard connection.frontAnswer != nil, event as? ChannelEvent == .inputClosed else {
            return context.fireUserInboundEventTriggered(event)
        }
        // Who has never seen a request behind closes at once, so what was answered here has to be sent by then.
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenSuccess { context.fireUserInboundEventTriggered(event) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: sent)
    }

    private func answerWhatMayBe(_ bytes: inout ByteBuffer, _ context: ChannelHandlerContext) {
        while bytes.readableBytes > 0, mayAnswer(context) {
            let answered = bytes.withUnsafeReadableBytes { desk.answer($0, of: &visitor) }
            guard let answered else { return }
            bytes.moveReaderIndex(forwardBy: answered.requestBytes)
            context.write(wrapOutboundOut(answered.answer), promise: nil)
            hasUnflushed = true
            connection.frontAnswer = context.eventLoop.now
        }
    }

    private func mayAnswer(_ context: ChannelHandlerContext) -> Bool {
        guard !isStopping, !connection.isEnding, !connection.holdsBytes, connection.unanswered == 0,
            forwarded.isAtBoundary
        else {
            return false
        }
        if !context.channel.isWritable { flush(context) }
        // A client that does not take its answers gets no more of them made for it here.
        return context.channel.isWritable
    }

    private func flush(_ context: ChannelHandlerContext) {
        guard hasUnflushed else { return }
        hasUnflushed = false
        context.flush()
    }
}
