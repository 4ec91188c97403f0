import NIOCore
import NIOEmbedded
import Testing

@testable import Streaming

/// A client at the other end of a handler.
final class WebSocketPeer {
    struct Frame: Hashable {
        let first: UInt8
        let payload: [UInt8]

        static func text(_ text: String) -> Frame { Frame(first: 0x81, payload: Array(text.utf8)) }
        static func pong(_ text: String) -> Frame { Frame(first: 0x8A, payload: Array(text.utf8)) }
        static let ping = Frame(first: 0x89, payload: [])

        static func close(_ code: UInt16?) -> Frame {
            Frame(first: 0x88, payload: code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? [])
        }

        /// Of a close: the code.
        var code: UInt16? {
            guard first == 0x88, payload.count >= 2 else { return nil }
            return UInt16(payload[0]) << 8 | UInt16(payload[1])
        }
    }

    private final class Events: ChannelInboundHandler {
        typealias InboundIn = WebSocketMessage

        var all: [any Sendable & Hashable] = []

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if let close = event as? WebSocketClose { all.append(close) }
            if let cut = event as? WebSocketCut { all.append(cut) }
        }
    }

    /// A network that takes nothing, until it is told to.
    private final class Dam: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        var isHolding: Bool
        private var held: [(NIOAny, EventLoopPromise<Void>?)] = []

        init(isHolding: Bool) {
            self.isHolding = isHolding
        }

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            guard isHolding else { return context.write(data, promise: promise) }
            held.append((data, promise))
        }

        func release(context: ChannelHandlerContext) {
            isHolding = false
            for (data, promise) in held { context.writeAndFlush(data, promise: promise) }
            held = []
        }

        func handlerRemoved(context: ChannelHandlerContext) {
            for (_, promise) in held { promise?.fail(ChannelError.ioOnClosedChannel) }
            held = []
        }
    }

    let channel: EmbeddedChannel
    private let events = Events()
    private let dam: Dam

    init(_ settings: WebSocketSettings = WebSocketSettings(), holdingWrites: Bool = false) throws {
        channel = EmbeddedChannel()
        dam = Dam(isHolding: holdingWrites)
        try channel.pipeline.syncOperations.addHandlers([dam, WebSocketHandler(settings), events])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    var isOpen: Bool { channel.isActive }
    var closes: [WebSocketClose] { events.all.compactMap { $0 as? WebSocketClose } }
    var cuts: [WebSocketCut] { events.all.compactMap { $0 as? WebSocketCut } }

    /// - Parameter chop: in pieces of this many bytes; nil for all at once.
    func send(_ frames: [ClientFrame], chop: Int? = nil) throws {
        let bytes = frames.flatMap(\.bytes)
        let size = chop ?? max(bytes.count, 1)
        for start in stride(from: 0, to: bytes.count, by: size) where isOpen {
            try channel.writeInbound(ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)]))
        }
    }

    func releaseWrites() throws {
        dam.release(context: try channel.pipeline.syncOperations.context(handler: dam))
    }

    func pass(_ time: Duration) {
        channel.embeddedEventLoop.advanceTime(by: TimeAmount(time))
    }

    func messages() throws -> [WebSocketMessage] {
        var found: [WebSocketMessage] = []
        while let message = try channel.readInbound(as: WebSocketMessage.self) { found.append(message) }
        return found
    }

    /// What the server sent since the last look.
    func received() throws -> [Frame] {
        var bytes = ByteBuffer()
        while var part = try channel.readOutbound(as: ByteBuffer.self) { bytes.writeBuffer(&part) }
        var frames: [Frame] = []
        while let first: UInt8 = bytes.readInteger(), let short: UInt8 = bytes.readInteger() {
            let length =
                switch short {
                case 126: bytes.readInteger(as: UInt16.self).map(Int.init)
                case 127: bytes.readInteger(as: UInt64.self).map(Int.init)
                default: Int(short)
                }
            let payload = length.flatMap { bytes.readBytes(length: $0) }
            frames.append(Frame(first: first, payload: try #require(payload)))
        }
        return frames
    }
}
