import Core
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Drops clients that take too long, answers requests that no parser could read, and closes after an answer that says
/// so.
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
    /// Between a head and the end of its body.
    private var isReceiving = false
    /// An answer has said that it is the last.
    private var isLast = false
    /// For what could not be read after requests that are not answered yet.
    private var refusal: APIResponse?

    package init(_ deadlines: Deadlines) {
        self.deadlines = deadlines
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        do {
            let pipeline = context.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(RequestHeadCheck(), position: .after(decoder))
        } catch {
            preconditionFailure("the guard stands behind an HTTP/1.1 decoder")
        }
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
        context.fireChannelRead(data)
        switch unwrapInboundIn(data) {
        case .head(let request):
            unanswered += 1
            isReceiving = true
            allow(deadlines.body, context)
            if unanswered == 1, request.waitsToSendBody {
                let goOn = HTTPResponse(status: .continue)
                context.writeAndFlush(wrapOutboundOut(.head(goOn)), promise: nil)
            }
        case .body: break
        case .end:
            isReceiving = false
            settle(context)
        }
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let answer):
            isLast = answer.headerFields[.connection] == "close"
            allow(deadlines.answer, context)
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            // Written is not sent: a client that does not read keeps the deadline running.
            let sent = promise ?? context.eventLoop.makePromise()
            sent.futureResult.assumeIsolated().whenSuccess {
                // What was sent behind the last request is not answered any more.
                self.unanswered = self.isLast ? 0 : max(0, self.unanswered - 1)
                self.settle(context)
            }
            context.write(data, promise: sent)
        }
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        guard !isReceiving else {
            // The request that the body belongs to fails, and its answer says so.
            isReceiving = false
            context.fireErrorCaught(error)
            return settle(context)
        }
        refusal = (error == .headerOverflow ? APIError.headersTooLarge : Self.malformed).response()
        settle(context)
    }

    private static let malformed = APIError.badRequest("The request is not valid HTTP.")

    /// Does what comes next, whenever something was read or answered.
    private func settle(_ context: ChannelHandlerContext) {
        if unanswered > 0 {
            isReceiving ? allow(deadlines.body, context) : deadline?.cancel()
        } else if isReceiving {
            // Answered early. A client that is still sending would lose the answer if everything was closed at once.
            allow(deadlines.body, context)
            if isLast { context.close(mode: .output, promise: nil) }
        } else if isLast {
            context.close(promise: nil)
        } else if let refusal {
            self.refusal = nil
            refuse(refusal, context)
        } else {
            allow(deadlines.idle, context)
        }
    }

    private func refuse(_ answer: APIResponse, _ context: ChannelHandlerContext) {
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

extension HTTPRequest {
    /// Whether the client sends the body only when told to, and the body is none that is refused anyway.
    fileprivate var waitsToSendBody: Bool {
        guard headerFields[.expect]?.lowercased() == "100-continue" else { return false }
        return headerFields[.contentLength].flatMap { Int($0) } ?? 0 <= Limits.bodyBytesMax
    }
}
