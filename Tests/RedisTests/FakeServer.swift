import NIOCore
import NIOPosix
import Synchronization

/// A server that answers as a test says. Commands are told apart by their array heads only.
final class FakeServer: Sendable {
    /// What to do about one command.
    enum Answer: Sendable {
        case bytes(String)
        /// Each byte on its own, so that the client reads them one by one.
        case torn(String)
        case nothing
        case close
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let server: FakeServer

        init(_ server: FakeServer) { self.server = server }

        func channelActive(context: ChannelHandlerContext) {
            server.channels.withLock { $0.append(context.channel) }
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let text = String(buffer: unwrapInboundIn(data))
            for command in text.split(separator: "*") {
                let words = command.split(separator: "\r\n").dropFirst().filter { !$0.hasPrefix("$") }
                answer(words.joined(separator: " "), context)
            }
        }

        private func answer(_ command: String, _ context: ChannelHandlerContext) {
            switch server.answer(command) {
            case .bytes(let text): context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            case .torn(let text):
                for byte in text.utf8 {
                    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [byte])), promise: nil)
                }
            case .nothing: break
            case .close: context.close(promise: nil)
            }
        }
    }

    private let answers: Mutex<@Sendable (String) -> Answer?>
    private let channels = Mutex<[any Channel]>([])
    private let seen = Mutex<[String]>([])
    private let listener = Mutex<(any Channel)?>(nil)

    /// - Parameter answers: what to do about a command; nil for what a healthy server without a cluster does.
    init(_ answers: @escaping @Sendable (String) -> Answer?) async throws {
        self.answers = Mutex(answers)
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Handler(self)) }
            }
        let channel = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
        listener.withLock { $0 = channel }
    }

    var url: String { "redis://127.0.0.1:\(listener.withLock { $0?.localAddress?.port } ?? 0)" }
    /// Every command, in the order of arrival.
    var commands: [String] { seen.withLock(\.self) }
    var connectionCount: Int { channels.withLock(\.count) }

    func answer(with answers: @escaping @Sendable (String) -> Answer?) {
        self.answers.withLock { $0 = answers }
    }

    /// Sends something that nobody asked for.
    func push(_ text: String) {
        for channel in channels.withLock(\.self) { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }
    }

    func stop() async {
        let open = channels.withLock(\.self) + [listener.withLock { $0 }].compactMap(\.self)
        for channel in open { try? await channel.close() }
    }

    private func answer(_ command: String) -> Answer {
        seen.withLock { $0.append(command) }
        if let answer = answers.withLock({ $0 })(command) { return answer }
        switch command {
        case "PING": return .bytes("+PONG\r\n")
        case "CLUSTER SLOTS": return .bytes("-ERR This instance has cluster support disabled\r\n")
        default: return .bytes("+OK\r\n")
        }
    }
}
