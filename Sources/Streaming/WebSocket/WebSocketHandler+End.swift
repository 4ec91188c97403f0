import NIOCore

/// How a connection ends.
extension WebSocketHandler {
    /// Sends a close and waits for the peer's.
    func begin(_ close: WebSocketClose, context: ChannelHandlerContext, promise: EventLoopPromise<Void>? = nil) {
        guard state == .open else {
            promise?.succeed()
            return
        }
        state = .closing
        let frame = WebSocketFrames.frame(close, allocator: context.channel.allocator)
        context.writeAndFlush(wrapOutboundOut(frame), promise: promise)
        closeChannel(after: settings.closeTimeout, context: context)
        readHeld(context: context)
    }

    /// Tells the peer what it did, and reads nothing more of it.
    func fail(_ failure: WebSocketFailure, context: ChannelHandlerContext) {
        let isFirst = state == .open
        state = .ended
        if isFirst {
            let close = WebSocketClose(failure.code, reason: failure.reason)
            let frame = WebSocketFrames.frame(close, allocator: context.channel.allocator)
            context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
        }
        context.fireUserInboundEventTriggered(WebSocketCut.failed(failure))
        closeChannel(after: settings.lingerTime, context: context)
    }

    /// Without a close: it would wait with all the rest.
    func cut(_ reason: WebSocketCut, context: ChannelHandlerContext) {
        guard state != .ended else { return }
        state = .ended
        context.fireUserInboundEventTriggered(reason)
        context.close(promise: nil)
    }

    func scheduleHeartbeat(context: ChannelHandlerContext) {
        heartbeat = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(settings.pingInterval)) {
            self.beat(context: context)
        }
    }

    private func beat(context: ChannelHandlerContext) {
        guard state == .open else { return }
        guard wasHeard else { return cut(.idle, context: context) }
        guard !isStalled else { return cut(.slowReader, context: context) }
        wasHeard = false
        isStalled = !context.channel.isWritable
        send(WebSocketFrames.frame(.ping, ByteBuffer(), allocator: context.channel.allocator), context: context)
        guard state == .open else { return }
        context.flush()
        scheduleHeartbeat(context: context)
    }

    func closeChannel(after delay: Duration, context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) {
            context.close(promise: nil)
        }
    }
}
