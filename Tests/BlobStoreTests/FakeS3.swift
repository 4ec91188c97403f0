import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A server that answers as a test says, also wrongly.
final class FakeS3: Sendable {
    struct Request: Sendable {
        var method = ""
        var uri = ""
        var headers = HTTPHeaders()
        var body = ByteBuffer()
    }

    struct Reply: Sendable {
        var status = 200
        var headers: [(String, String)] = []
        var body = ""
        /// Closes the connection after this many bytes of the body.
        var cutAfter: Int?
        /// Closes the connection instead of answering.
        var isLost = false
        /// Never answers.
        var isSilent = false

        static func error(_ status: Int, _ code: String) -> Reply {
            Reply(
                status: status, body: "<?xml version=\"1.0\"?><Error><Code>\(code)</Code><Message>no</Message></Error>")
        }
    }

    private let channel: any Channel
    private let log: Log

    /// - Parameter answer: gets the request and how many came before it.
    static func start(_ answer: @escaping @Sendable (Request, Int) -> Reply) async throws -> FakeS3 {
        let log = Log()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Connection(log, answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return FakeS3(channel, log)
    }

    private init(_ channel: any Channel, _ log: Log) {
        self.channel = channel
        self.log = log
    }

    var requests: [Request] { log.requests.withLock { $0 } }

    /// What was asked for, such as `PUT partNumber=1`.
    func count(_ method: String, _ part: String = "") -> Int {
        requests.count { $0.method == method && (part.isEmpty || $0.uri.contains(part)) }
    }

    var endpoint: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    func stop() async throws { try await channel.close() }

    final class Log: Sendable {
        let requests = Mutex<[Request]>([])
    }

    private final class Connection: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let log: Log
        private let answer: @Sendable (Request, Int) -> Reply
        private var request = Request()

        init(_ log: Log, _ answer: @escaping @Sendable (Request, Int) -> Reply) {
            self.log = log
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                request = Request(method: head.method.rawValue, uri: head.uri, headers: head.headers)
            case .body(var bytes): request.body.writeBuffer(&bytes)
            case .end:
                let before = log.requests.withLock { requests in
                    requests.append(request)
                    return requests.count - 1
                }
                send(answer(request, before), context)
            }
        }

        private func send(_ reply: Reply, _ context: ChannelHandlerContext) {
            if reply.isSilent { return }
            if reply.isLost { return context.close(promise: nil) }
            var headers = HTTPHeaders(reply.headers)
            if !headers.contains(name: "Content-Length") {
                headers.add(name: "Content-Length", value: String(reply.body.utf8.count))
            }
            let head = HTTPResponseHead(
                version: .http1_1, status: HTTPResponseStatus(statusCode: reply.status), headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            let body = ByteBuffer(string: String(reply.body.prefix(reply.cutAfter ?? Int.max)))
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
            guard reply.cutAfter == nil else {
                context.flush()
                return context.close(promise: nil)
            }
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
