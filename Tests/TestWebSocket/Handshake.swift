import NIOCore
import NIOHTTP1

/// Sends the request that asks for a WebSocket; NIO's upgrader adds the rest of its headers.
final class Handshake: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let target: String
    private let headers: [(String, String)]
    private let refused: EventLoopPromise<Void>

    init(target: String, headers: [(String, String)], refused: EventLoopPromise<Void>) {
        self.target = target
        self.headers = headers
        self.refused = refused
    }

    func channelActive(context: ChannelHandlerContext) {
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: target)
        head.headers = HTTPHeaders([("Host", "localhost"), ("Content-Length", "0")] + headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data) else { return }
        refused.fail(WebSocketClient.Refused(status: Int(head.status.code)))
    }

    func channelInactive(context: ChannelHandlerContext) {
        refused.fail(ChannelError.eof)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        refused.fail(error)
        context.close(promise: nil)
    }
}
