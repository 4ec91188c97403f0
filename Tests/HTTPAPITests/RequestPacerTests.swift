import Core
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTPAPI

@Suite("The pace of requests")
struct RequestPacerTests {
    /// What comes out of the pacer, and a queue that says whether there is need for it.
    private final class Parser: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        var parts: [Int] = []
        var hasEnded = false
        var onPart: () -> Void = {}

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            parts.append(unwrapInboundIn(data).readableBytes)
            onPart()
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event as? ChannelEvent == .inputClosed { hasEnded = true }
        }
    }

    private static let part = Limits.requestBytesAtOnceMax

    private static func paced(
        _ body: (EmbeddedChannel, RequestQueue, Parser, ConnectionState) throws -> Void
    ) throws {
        let channel = EmbeddedChannel()
        let queue = RequestQueue(channel)
        let state = ConnectionState()
        let parser = Parser()
        try channel.pipeline.syncOperations.addHandlers([RequestPacer(queue, state), parser])
        try body(channel, queue, parser, state)
    }

    private static func bytes(_ count: Int) -> ByteBuffer { ByteBuffer(repeating: 0x41, count: count) }

    @Test("as long as there is need for it all is given on at once, in parts")
    func flowing() throws {
        try Self.paced { channel, _, parser, state in
            try channel.writeInbound(Self.bytes(10))
            try channel.writeInbound(Self.bytes(2 * Self.part + 1))
            #expect(parser.parts == [10, Self.part, Self.part, 1])
            #expect(!state.holdsBytes)
        }
    }

    @Test("without need nothing is, nor that the client has finished; then the rest, in order")
    func waiting() throws {
        try Self.paced { channel, queue, parser, state in
            parser.onPart = { if parser.parts.count == 1 { queue.setWritable(false) } }
            try channel.writeInbound(Self.bytes(Self.part + 5))
            try channel.writeInbound(Self.bytes(7))
            channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
            #expect(parser.parts == [Self.part])
            #expect(state.holdsBytes && !parser.hasEnded)
            queue.setWritable(true)
            #expect(parser.parts == [Self.part, 12])
            #expect(!state.holdsBytes && parser.hasEnded)
        }
    }

    @Test("when it goes, that the client has finished is told")
    func removed() throws {
        try Self.paced { channel, queue, parser, _ in
            queue.setWritable(false)
            try channel.writeInbound(Self.bytes(5))
            channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
            #expect(parser.parts.isEmpty && !parser.hasEnded)
            let pacer = try channel.pipeline.syncOperations.handler(type: RequestPacer.self)
            channel.pipeline.syncOperations.removeHandler(pacer, promise: nil)
            #expect(parser.hasEnded)
        }
    }
}
