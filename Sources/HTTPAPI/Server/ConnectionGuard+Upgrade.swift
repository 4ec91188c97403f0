import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// How a connection becomes something else than HTTP.
extension ConnectionGuard {
    /// What takes the place of HTTP.
    struct Upgrade {
        let handlers: [any ChannelHandler]
        /// Whether the body that follows comes in chunks; to clients of HTTP/1.0 none does.
        let isChunked: Bool
    }

    /// Writes the last head, and leaves the connection to what follows at once, so that what the client sends after it has
    /// read that head meets the new handlers. What it sends before that, which it must not, is lost.
    func leave(
        _ context: ChannelHandlerContext, for upgrade: Upgrade, with head: HTTPResponse,
        _ promise: EventLoopPromise<Void>?
    ) {
        self.upgrade = nil
        let pipeline = context.pipeline.syncOperations
        do {
            if upgrade.isChunked {
                context.writeAndFlush(wrapOutboundOut(.head(head)), promise: promise)
            } else {
                // Past the codec, which knows only HTTP/1.1: for that the encoder would announce chunks.
                var old = HTTPResponseHead(head)
                old.version = .http1_0
                let codec = try pipeline.context(handlerType: HTTP1ToHTTPServerCodec.self)
                codec.writeAndFlush(NIOAny(HTTPServerResponsePart.head(old)), promise: promise)
            }
            try pipeline.addHandlers(upgrade.handlers, position: .before(self))
            for handler in try httpHandlers(pipeline) { pipeline.removeHandler(handler, promise: nil) }
        } catch {
            preconditionFailure("the guard stands among handlers of HTTP/1.1")
        }
    }

    private func httpHandlers(_ pipeline: ChannelPipeline.SynchronousOperations) throws -> [any RemovableChannelHandler]
    {
        let front: [any RemovableChannelHandler]
        // There is none where everything goes the ordinary way.
        do { front = [try pipeline.handler(type: FrontHandler.self)] } catch { front = [] }
        return front + [
            try pipeline.handler(type: RequestPacer.self), try pipeline.handler(type: HTTP1ToHTTPServerCodec.self),
            try pipeline.handler(type: RequestHeadCheck.self),
            try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self),
            try pipeline.handler(type: HTTPResponseEncoder.self), try pipeline.handler(type: RequestIntake.self), self,
        ]
    }
}
