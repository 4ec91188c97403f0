import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A TLS connection to a server, for sending over HTTP/2 what no client would.
final class SecureConnection: Sendable {
    struct Received: Sendable {
        var bytes: [UInt8] = []
        var isClosed = false

        var frames: [(kind: HTTP2Frames.Kind?, flags: UInt8, stream: UInt32, payload: [UInt8])] {
            HTTP2Frames.all(in: bytes)
        }
        /// The error code of the GOAWAY that came last.
        var goAway: UInt8? { frames.last { $0.kind == .goAway }?.payload[7] }
        /// Whether the server has said all it has to say there.
        func hasEnded(stream: UInt32) -> Bool {
            frames.contains {
                $0.stream == stream && $0.kind == .data && $0.flags & HTTP2Frames.endStream != 0
            }
        }
        func resetCode(ofStream stream: UInt32) -> UInt8? {
            frames.last { $0.kind == .reset && $0.stream == stream }?.payload[3]
        }
        /// How many streams were answered to their end.
        var answered: Int { frames.count { $0.kind == .headers } }
    }

    private final class Collector: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        let received = Mutex(Received())

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = unwrapInboundIn(data)
            received.withLock { $0.bytes += buffer.readableBytesView }
        }

        func channelInactive(context: ChannelHandlerContext) {
            received.withLock { $0.isClosed = true }
        }

        // The end of the connection says enough.
        func errorCaught(context: ChannelHandlerContext, error: any Error) {}
    }

    private let channel: any Channel
    private let collector: Collector

    static func open(_ server: RunningServer, _ certificate: Certificate) async throws -> SecureConnection {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(certificate.certificate)
        configuration.applicationProtocols = ["h2"]
        let context = try NIOSSLContext(configuration: configuration)
        let collector = Collector()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        NIOSSLClientHandler(context: context, serverHostname: nil), collector)
                }
            }
            .connect(host: "127.0.0.1", port: server.port).get()
        return SecureConnection(channel, collector)
    }

    private init(_ channel: any Channel, _ collector: Collector) {
        self.channel = channel
        self.collector = collector
    }

    deinit {
        channel.close(promise: nil)
    }

    /// Sends, and does not mind if the server has closed.
    func send(_ bytes: [UInt8]) {
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    /// What has come in so far, once it is enough, the server has closed, or the time is over.
    func received(
        within limit: Duration = .seconds(5), until isEnough: (Received) -> Bool = { _ in false }
    ) async throws -> Received {
        let deadline = ContinuousClock.now + limit
        while true {
            let received = collector.received.withLock { $0 }
            if received.isClosed || ContinuousClock.now > deadline || isEnough(received) { return received }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
