import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// How a connection ends.
extension ConnectionGuard {
    static let malformed = APIError.badRequest("The request is not valid HTTP.")

    /// Answers what could not be read.
    func refuse(_ answer: APIResponse, _ context: ChannelHandlerContext) {
        var headers = answer.headers
        headers[.connection] = "close"
        headers[.contentLength] = String(answer.body.count)
        let head = HTTPResponse(status: .init(code: answer.status), headerFields: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: answer.body))), promise: nil)
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in self.end(context, nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: sent)
    }

    /// Ends the connection after its last answer.
    func end(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        guard connection.isCutShort || connection.holdsBytes else { return context.close(promise: promise) }
        // With bytes unread, a close is a reset, which can overtake the answer (RFC 9112, 9.6).
        isLingering = true
        allow(deadlines.linger, context)
        context.close(mode: .output, promise: promise)
    }
}
