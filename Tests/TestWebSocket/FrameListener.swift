import NIOCore
import NIOWebSocket

/// Tells what comes, answers pings, and echoes closes.
final class FrameListener: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let says: AsyncStream<WebSocketClient.Heard>.Continuation
    private var isClosing = false

    init(_ says: AsyncStream<WebSocketClient.Heard>.Continuation) {
        self.says = says
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        var payload = frame.unmaskedData
        switch frame.opcode {
        case .text: says.yield(.text(String(buffer: payload)))
        case .binary: says.yield(.binary(Array(buffer: payload)))
        case .ping:
            says.yield(.ping)
            answer(.pong, payload, context)
        case .pong: says.yield(.pong)
        case .connectionClose:
            let code = payload.readInteger(as: UInt16.self).map(Int.init) ?? 1005
            says.yield(.close(code, String(buffer: payload)))
            if !isClosing { answer(.connectionClose, frame.unmaskedData, context) }
            isClosing = true
        default: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        says.yield(.end)
        says.finish()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func answer(_ opcode: WebSocketOpcode, _ payload: ByteBuffer, _ context: ChannelHandlerContext) {
        let frame = WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: payload)
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }
}
