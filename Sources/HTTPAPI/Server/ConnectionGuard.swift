import Core
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Drops clients that take too long, and answers requests that no parser could read.
///
/// A connection has so long to bring a whole head, and then so long to bring the body. Between requests it may idle.
package final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart

    /// How long a client may take.
    package struct Deadlines: Sendable {
        package var head: TimeAmount
        package var body: TimeAmount
        /// From an answer's first byte to its last being taken by the client's side.
        package var answer: TimeAmount
        package var idle: TimeAmount

        package init(
            head: TimeAmount = .seconds(10), body: TimeAmount = .seconds(30), answer: TimeAmount = .seconds(30),
            idle: TimeAmount = .seconds(60)
        ) {
            self.head = head
            self.body = body
            self.answer = answer
            self.idle = idle
        }
    }

    private let deadlines: Deadlines
    private var deadline: Scheduled<Void>?
    private var unanswered = 0

    package init(_ deadlines: Deadlines) {
        self.deadlines = deadlines
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { allow(deadlines.head, context) }
    }

    package func channelActive(context: ChannelHandlerContext) {
        allow(deadlines.head, context)
        context.fireChannelActive()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            unanswered += 1
            allow(deadlines.body, context)
        case .body: break
        case .end: deadline?.cancel()
        }
        context.fireChannelRead(data)
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head:
            allow(deadlines.answer, context)
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            // Written is not sent: a client that does not read keeps the deadline running.
            let sent = promise ?? context.eventLoop.makePromise()
            sent.futureResult.assumeIsolated().whenSuccess { self.answered(context) }
            context.write(data, promise: sent)
        }
    }

    private func answered(_ context: ChannelHandlerContext) {
        unanswered = max(0, unanswered - 1)
        if unanswered == 0 { allow(deadlines.idle, context) } else { deadline?.cancel() }
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // While an answer is on its way, another one between would be taken for part of it.
        guard unanswered == 0, let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        let problem = error == .headerOverflow ? APIError.headersTooLarge : Self.malformed
        write(problem.response(), context)
    }

    private static let malformed = APIError.badRequest("The request is not valid HTTP.")

    private func write(_ answer: APIResponse, _ context: ChannelHandlerContext) {
        var headers = answer.headers
        headers[.connection] = "close"
        headers[.contentLength] = String(answer.body.count)
        let head = HTTPResponse(status: .init(code: answer.status), headerFields: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: answer.body))), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }

    private func allow(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }
}
