import NIOCore
import NIOPosix

/// Reads server-sent events, line by line.
final class EventListener: Sendable {
    private final class Reader: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let says: AsyncStream<String>.Continuation
        private var pending = ByteBuffer()

        init(_ says: AsyncStream<String>.Continuation) {
            self.says = says
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = unwrapInboundIn(data)
            pending.writeBuffer(&bytes)
            while let end = pending.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
                says.yield(pending.readString(length: end - pending.readerIndex) ?? "")
                pending.moveReaderIndex(forwardBy: 1)
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            says.finish()
        }
    }

    private let channel: any Channel
    private let lines: AsyncStream<String>

    private init(_ channel: any Channel, _ lines: AsyncStream<String>) {
        self.channel = channel
        self.lines = lines
    }

    deinit {
        channel.close(promise: nil)
    }

    /// - Parameter last: the id of the last event that was heard, for a client that was cut off.
    static func open(port: Int, token: String, after last: String? = nil) async throws -> EventListener {
        let (lines, says) = AsyncStream.makeStream(of: String.self)
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Reader(says)) }
            }
            .connect(host: "127.0.0.1", port: port).get()
        let resumed = last.map { "Last-Event-ID: \($0)\r\n" } ?? ""
        let request =
            "GET /v1/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n\(resumed)\r\n"
        try await channel.writeAndFlush(ByteBuffer(string: request))
        return EventListener(channel, lines)
    }

    /// The next line that begins so; nil where the stream ends before.
    func line(beginning prefix: String) async -> String? {
        for await line in lines where line.hasPrefix(prefix) { return line }
        return nil
    }
}
