import NIOCore

/// The server's side of a WebSocket connection once the handshake is done: bytes below, whole messages above.
///
/// Takes the place of an encoder, a decoder, an aggregator and a keep-alive in the pipeline; an idle connection holds no
/// buffers. Pings are answered, a close is echoed, what breaks the protocol ends the connection with the code for it.
/// Above, a message comes as `WebSocketMessage`, the peer's close as the user event `WebSocketClose` and any other end
/// as `WebSocketCut`. To end it, write nothing more and fire a `WebSocketClose` down; a quiescing server does so by itself.
package final class WebSocketHandler: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = WebSocketMessage
    package typealias OutboundIn = WebSocketOutput
    package typealias OutboundOut = ByteBuffer

    enum State {
        case open
        /// Our close is sent, the peer's is awaited.
        case closing
        /// Nothing is read or sent any more.
        case ended
    }

    let settings: WebSocketSettings
    var state = State.open
    private var reader: WebSocketReader
    /// The beginning of a header, until the rest of it comes.
    private var pending = ByteBuffer()
    private var needsFlush = false

    // What waits for our first message
    private var messagesTaken = 0
    private var hasAnswered = false
    private var isHolding: Bool {
        !hasAnswered && settings.messagesBeforeAnswer.map { messagesTaken >= $0 } ?? false
    }

    // What waits for the peer since the channel's own buffer is full.
    private var waitingBytes = 0
    var isStalled = false

    // Liveness
    var wasHeard = true
    var heartbeat: Scheduled<Void>?
    var deadline: Scheduled<Void>?

    package init(_ settings: WebSocketSettings = WebSocketSettings()) {
        self.settings = settings
        reader = WebSocketReader(frameBytesMax: settings.frameBytesMax, messageBytesMax: settings.messageBytesMax)
    }

    // MARK: - In

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard state != .ended else { return }
        wasHeard = true
        read(unwrapInboundIn(data), context: context)
    }

    private func read(_ received: ByteBuffer, context: ChannelHandlerContext) {
        var bytes = received
        if pending.readableBytes > 0 {
            pending.writeBuffer(&bytes)
            bytes = pending
        }
        pending = ByteBuffer()
        do throws(WebSocketFailure) {
            while state != .ended, !isHolding, let event = try reader.next(&bytes) { handle(event, context: context) }
        } catch {
            fail(error, context: context)
        }
        guard !isHolding || bytes.readableBytes <= settings.messageBytesMax else {
            return fail(.tooLarge("too much before the first answer"), context: context)
        }
        // A copy, or the few bytes would keep the whole packet.
        if state != .ended, bytes.readableBytes > 0 { pending = ByteBuffer(bytes: bytes.readableBytesView) }
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        if needsFlush { context.flush() }
        needsFlush = false
        context.fireChannelReadComplete()
    }

    private func handle(_ event: WebSocketReader.Event, context: ChannelHandlerContext) {
        switch event {
        case .message(let message):
            messagesTaken += 1
            if state == .open { context.fireChannelRead(wrapInboundOut(message)) }
        case .ping(let payload):
            guard state == .open else { return }
            send(WebSocketFrames.frame(.pong, payload, allocator: context.channel.allocator), context: context)
            needsFlush = true
        case .pong: break
        case .close(let close): receive(close, context: context)
        }
    }

    private func receive(_ close: WebSocketClose, context: ChannelHandlerContext) {
        let isAnswer = state == .closing
        state = .ended
        context.fireUserInboundEventTriggered(close)
        guard !isAnswer else { return context.close(promise: nil) }
        let echo = WebSocketFrames.frame(WebSocketClose(close.code), allocator: context.channel.allocator)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(echo), promise: written)
        // Much may wait before it.
        closeChannel(after: settings.closeTimeout, context: context)
    }

    // MARK: - Out

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard state == .open else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .frame(let frame): send(frame, context: context, promise: promise)
        case .message(let message):
            let frame = WebSocketFrames.frame(message, allocator: context.channel.allocator)
            send(frame, context: context, promise: promise)
        }
        readHeld(context: context)
    }

    /// Reads what came before our first word; from now on nothing waits.
    func readHeld(context: ChannelHandlerContext) {
        guard !hasAnswered else { return }
        hasAnswered = true
        let held = pending
        pending = ByteBuffer()
        if state != .ended, held.readableBytes > 0 { read(held, context: context) }
    }

    func send(_ frame: ByteBuffer, context: ChannelHandlerContext, promise: EventLoopPromise<Void>? = nil) {
        if !context.channel.isWritable {
            waitingBytes += frame.readableBytes
            guard waitingBytes <= settings.outboundBytesMax else {
                promise?.fail(ChannelError.ioOnClosedChannel)
                return cut(.slowReader, context: context)
            }
        }
        context.write(wrapOutboundOut(frame), promise: promise)
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            waitingBytes = 0
            isStalled = false
        }
        context.fireChannelWritabilityChanged()
    }

    package func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?)
    {
        guard let close = event as? WebSocketClose else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        begin(close, context: context, promise: promise)
    }

    // MARK: - Life

    package func handlerAdded(context: ChannelHandlerContext) {
        scheduleHeartbeat(context: context)
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        stop()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        state = .ended
        stop()
        context.fireChannelInactive()
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            begin(WebSocketClose(.goingAway, reason: "server is stopping"), context: context)
        } else if let event = event as? ChannelEvent, event == .inputClosed {
            // Nothing can answer a close any more.
            state = .ended
            context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func stop() {
        heartbeat?.cancel()
        heartbeat = nil
        deadline?.cancel()
        deadline = nil
        pending = ByteBuffer()
    }
}
