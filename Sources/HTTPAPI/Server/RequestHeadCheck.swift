import NIOCore
import NIOHTTP1

/// Refuses heads that a proxy might read as another request than this server does, and marks those after which the
/// connection ends.
final class RequestHeadCheck: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private var hasRefused = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasRefused else { return }
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        let hasUpgrade = head.headers.contains(name: "Upgrade")
        guard Self.isUnambiguous(head) else {
            hasRefused = true
            return context.fireErrorCaught(HTTPParserError.invalidHeaderToken)
        }
        // The parser reads nothing behind a request that asks to switch protocols.
        if !Self.asksForWebSocket(head) { head.headers.remove(name: "Upgrade") }
        if !head.isKeepAlive || head.method == .CONNECT || hasUpgrade {
            head.headers.replaceOrAdd(name: "Connection", value: "close")
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    /// An `Upgrade` that `Connection` does not name means nothing (RFC 9110, 7.8), and no other protocol is known here.
    private static func asksForWebSocket(_ head: HTTPRequestHead) -> Bool {
        head.method == .GET && head.version == .http1_1
            && head.headers[canonicalForm: "Connection"].contains { $0.lowercased() == "upgrade" }
            && head.headers[canonicalForm: "Upgrade"].contains { $0.lowercased() == "websocket" }
    }

    /// RFC 9112, 3.2 and 6.1: one `Host`, which HTTP/1.0 may lack, and no transfer coding but chunked.
    private static func isUnambiguous(_ head: HTTPRequestHead) -> Bool {
        let codings = head.headers["Transfer-Encoding"]
        let hosts = head.headers["Host"].count
        guard head.version == .http1_1 else { return hosts <= 1 && codings.isEmpty }
        return hosts == 1 && (codings.isEmpty || codings.map { $0.lowercased() } == ["chunked"])
    }
}
