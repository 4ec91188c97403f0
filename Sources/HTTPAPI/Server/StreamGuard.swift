import Core
import HTTPTypes
import NIOCore
import NIOHTTP2
import NIOHTTPTypes
import NIOHTTPTypesHTTP2

/// What `ConnectionGuard` is to a connection of HTTP/1.1, to one request of HTTP/2: it resets streams whose client takes
/// too long or sends too much, and keeps from answers what only HTTP/1.1 may say.
final class StreamGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let deadlines: ConnectionGuard.Deadlines
    private let connection: HTTP2ConnectionGuard
    private var deadline: Scheduled<Void>?
    private var bodyBytes = 0
    private var isReceiving = true
    /// The answer under way goes on until somebody ends it.
    private var isStreaming = false

    init(_ deadlines: ConnectionGuard.Deadlines, _ connection: HTTP2ConnectionGuard) {
        self.deadlines = deadlines
        self.connection = connection
    }

    func handlerAdded(context: ChannelHandlerContext) {
        connection.streamOpened()
        allow(deadlines.body, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        connection.streamClosed(received: bodyBytes)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        switch part {
        case .head(var request):
            // Means nothing in HTTP/2 (RFC 9113, 8.6), where a request cannot turn its connection into anything.
            request.headerFields[.upgrade] = nil
            part = .head(request)
            if request.waitsToSendBody {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
            }
        case .body(let bytes):
            bodyBytes += bytes.readableBytes
            connection.received(bytes.readableBytes)
            guard connection.bodyBytes <= Limits.streamBodyBytesMax else { return reset(.enhanceYourCalm, context) }
        case .end:
            isReceiving = false
            deadline?.cancel()
        }
        context.fireChannelRead(wrapInboundOut(part))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var answer):
            // RFC 9113, 8.2.2.
            answer.headerFields[.connection] = nil
            isStreaming = answer.isEventStream
            if isStreaming { deadline?.cancel() } else { allow(deadlines.answer, context) }
            context.write(wrapOutboundOut(.head(answer)), promise: promise)
        case .body:
            if !isStreaming { allow(deadlines.answer, context) }
            context.write(data, promise: promise)
        case .end:
            let sent = promise ?? context.eventLoop.makePromise()
            sent.futureResult.assumeIsolated().whenSuccess {
                self.deadline?.cancel()
                // RFC 9113, 8.1: answered early, so the rest of the body is not wanted.
                if self.isReceiving { self.reset(.noError, context) }
            }
            context.write(data, promise: sent)
        }
    }

    private func allow(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: time) { self.reset(.cancel, context) }
    }

    private func reset(_ code: NIOHTTP2.HTTP2ErrorCode, _ context: ChannelHandlerContext) {
        context.triggerUserOutboundEvent(NIOHTTP2FramePayloadToHTTPEvent.reset(code: code), promise: nil)
    }
}
