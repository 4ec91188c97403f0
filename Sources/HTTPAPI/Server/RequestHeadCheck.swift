import NIOCore
import NIOHTTP1

/// Refuses heads that a proxy might read as another request than this server does, and marks those after which the
/// connection ends.
final class RequestHeadCheck: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private let connection: ConnectionState
    private var hasRefused = false

    init(_ connection: ConnectionState) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasRefused else { return }
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        let hasUpgrade = head.headers.contains(name: "Upgrade")
        guard Self.isUnambiguous(head), Self.resolveTarget(of: &head) else {
            hasRefused = true
            return context.fireErrorCaught(HTTPParserError.invalidHeaderToken)
        }
        // The parser reads nothing behind a request that asks to switch protocols.
        if !Self.asksForWebSocket(head) { head.headers.remove(name: "Upgrade") }
        let isOld = head.version != .http1_1
        connection.isOld = isOld
        // To be ignored there (RFC 9110, 10.1.1).
        if isOld { head.headers.remove(name: "Expect") }
        // A proxy of HTTP/1.0 passes `keep-alive` on without knowing what it says (RFC 9112, C.2.2).
        if isOld || !head.isKeepAlive || head.method == .CONNECT || hasUpgrade {
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

    /// RFC 9112, 3.2.2: where a target names a server, that counts, and not `Host`.
    /// - Returns: false for a target that is neither a path nor such an address.
    private static func resolveTarget(of head: inout HTTPRequestHead) -> Bool {
        guard head.uri.utf8.first != UInt8(ascii: "/"), head.uri != "*" else { return true }
        let scheme = head.uri.prefix { $0 != ":" }.lowercased()
        guard scheme == "http" || scheme == "https" else { return false }
        let rest = head.uri.utf8.dropFirst(scheme.utf8.count)
        guard rest.starts(with: "://".utf8) else { return false }
        let authority = rest.dropFirst(3).prefix { !"/?#".utf8.contains($0) }
        guard !authority.isEmpty, !authority.contains(UInt8(ascii: "@")) else { return false }
        let path = String(Substring(rest.dropFirst(3 + authority.count)))
        head.headers.replaceOrAdd(name: "Host", value: String(Substring(authority)))
        head.uri = path.utf8.first == UInt8(ascii: "/") ? path : "/" + path
        return true
    }

    /// RFC 9112, 3.2 and 6.1: one `Host`, which HTTP/1.0 may lack, and no transfer coding but chunked.
    private static func isUnambiguous(_ head: HTTPRequestHead) -> Bool {
        let codings = head.headers["Transfer-Encoding"]
        let hosts = head.headers["Host"].count
        guard head.version == .http1_1 else { return hosts <= 1 && codings.isEmpty }
        return hosts == 1 && (codings.isEmpty || codings.map { $0.lowercased() } == ["chunked"])
    }
}
