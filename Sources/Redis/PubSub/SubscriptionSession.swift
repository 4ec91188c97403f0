import NIOCore

/// One connection that listens: every reply is given on as it comes.
final class SubscriptionSession: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var context: ChannelHandlerContext?
    private var inbound = ByteBuffer()
    private var scanner: ReplyScanner
    private var hasEnded = false
    private(set) var lastHeard = NIODeadline.now()
    var onReply: ((RedisReply) throws -> Void)?
    /// Called once.
    var onEnd: ((RedisError) -> Void)?

    init(limits: ReplyLimits) {
        scanner = ReplyScanner(limits: limits)
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func send(_ batch: RedisBatch) {
        context?.writeAndFlush(wrapOutboundOut(batch.buffer), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        inbound.writeBuffer(&bytes)
        lastHeard = .now()
        do {
            while try takeReply() {}
            inbound.discardReadBytes()
        } catch {
            end((error as? RedisError) ?? RedisError(.malformedReply, String(describing: error)))
        }
    }

    private func takeReply() throws -> Bool {
        let end = try inbound.withUnsafeReadableBytes { try scanner.next($0) }
        guard let end, let reply = inbound.readSlice(length: end) else { return false }
        scanner.drop(end)
        try onReply?(RedisReply(reply))
        return !hasEnded
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(RedisError(.connectionLost, "the server closed the connection"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(RedisError(.connectionLost, String(describing: error)))
    }

    func end(_ error: RedisError) {
        guard !hasEnded else { return }
        hasEnded = true
        context?.close(promise: nil)
        let onEnd = onEnd
        (self.onEnd, self.onReply) = (nil, nil)
        onEnd?(error)
    }
}
