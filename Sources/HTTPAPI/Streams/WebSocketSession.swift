import NIOCore
import Streaming

/// The end of the pipeline of a WebSocket: takes what the client says, and writes what it is told.
final class WebSocketSession: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = WebSocketMessage
    typealias InboundOut = Never
    typealias OutboundOut = WebSocketOutput

    private enum Expectation {
        case echo
        /// One message, which nobody has asked for yet.
        case opening
        case arrived([UInt8])
        case awaited(EventLoopPromise<[UInt8]?>, deadline: Scheduled<Void>)
        case nothing
    }

    private var expectation: Expectation
    private var context: ChannelHandlerContext?

    init(_ use: WebSocketUse) {
        switch use {
        case .echo: expectation = .echo
        case .events(let socket): expectation = socket.opening == nil ? .opening : .nothing
        }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        stopWaiting()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let message = unwrapInboundIn(data)
        switch (expectation, message) {
        case (.echo, _): context.writeAndFlush(wrapOutboundOut(.message(message)), promise: nil)
        case (.opening, .text(let text)): expectation = .arrived(Array(text.readableBytesView))
        case (.awaited(let promise, let deadline), .text(let text)):
            deadline.cancel()
            expectation = .nothing
            promise.succeed(Array(text.readableBytesView))
        case (_, .binary): end(WebSocketClose(.unsupportedData, reason: "text is expected"))
        case (_, .text): end(WebSocketClose(.policyViolation, reason: "nothing more is expected"))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        stopWaiting()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is WebSocketClose || event is WebSocketCut { stopWaiting() }
        context.fireUserInboundEventTriggered(event)
    }

    /// The client's message; nil where none will come.
    func message(within limit: TimeAmount, on loop: any EventLoop) -> EventLoopFuture<[UInt8]?> {
        switch expectation {
        case .arrived(let text):
            expectation = .nothing
            return loop.makeSucceededFuture(text)
        case .opening where context != nil:
            let promise = loop.makePromise(of: [UInt8]?.self)
            let deadline = loop.assumeIsolated().scheduleTask(in: limit) { self.giveUp() }
            expectation = .awaited(promise, deadline: deadline)
            return promise.futureResult
        default: return loop.makeSucceededFuture(nil)
        }
    }

    func send(_ text: [UInt8]) {
        context?.writeAndFlush(wrapOutboundOut(.message(.text(ByteBuffer(bytes: text)))), promise: nil)
    }

    func end(_ close: WebSocketClose) {
        stopWaiting()
        context?.triggerUserOutboundEvent(close, promise: nil)
    }

    private func giveUp() {
        guard case .awaited(let promise, _) = expectation else { return }
        expectation = .nothing
        promise.fail(WebSocketConnection.Silence.tooLong)
    }

    private func stopWaiting() {
        guard case .awaited(let promise, let deadline) = expectation else { return }
        expectation = .nothing
        deadline.cancel()
        promise.succeed(nil)
    }
}
