import NIOCore
import NIOHTTP2

/// Ends connections of HTTP/2 on which nothing is asked, and keeps the sums over the requests of one.
final class HTTP2ConnectionGuard: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias InboundOut = HTTP2Frame

    /// How long a client may take to hear that the connection ends.
    private static let goodbye: TimeAmount = .seconds(1)

    private let deadlines: ConnectionGuard.Deadlines
    private var context: ChannelHandlerContext?
    private var deadline: Scheduled<Void>?
    private var openStreams = 0
    private var isStopping = false
    /// What open streams have received.
    private(set) var bodyBytes = 0

    init(_ deadlines: ConnectionGuard.Deadlines) {
        self.deadlines = deadlines
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        allow(deadlines.head, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        self.context = nil
    }

    func streamOpened() {
        openStreams += 1
        deadline?.cancel()
    }

    func received(_ count: Int) {
        bodyBytes += count
    }

    /// - Parameter received: what the stream had received in all.
    func streamClosed(received: Int) {
        openStreams -= 1
        bodyBytes -= received
        guard openStreams == 0, let context else { return }
        allow(isStopping ? Self.goodbye : deadlines.idle, context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            isStopping = true
            if openStreams == 0 { allow(Self.goodbye, context) }
        }
        // Nobody acknowledges any more what this side sends.
        if event as? ChannelEvent == .inputClosed { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // One stream's trouble is told to that stream.
        if error is NIOHTTP2Errors.StreamError { return }
        context.close(promise: nil)
    }

    /// Allows time for the next request to arrive, or for the connection to end.
    private func allow(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: time) {
            guard !self.isStopping else { return context.close(promise: nil) }
            // The manager of the connection sends its GOAWAY on this.
            context.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }
}
