import Core
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// The end of the pipeline of HTTP/1.1: gathers requests for the task that answers them, and writes its answers.
final class RequestIntake: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = Never
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let queue: RequestQueue
    private let connection: ConnectionState
    private var context: ChannelHandlerContext?
    /// The request under way, unless it was refused before all of it was here.
    private var head: HTTPRequest?
    private var body: [UInt8] = []
    private var share: BodyShare?
    private let room: BodyRoom
    /// Requests that have begun and are not answered.
    private var unanswered = 0
    private var isStopping = false

    init(_ queue: RequestQueue, _ connection: ConnectionState, _ room: BodyRoom) {
        self.queue = queue
        self.room = room
        self.connection = connection
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        body = []
        share = nil
        queue.finish()
    }

    // MARK: - In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            unanswered += 1
            self.head = head
            body = []
            if let problem = head.problem { finish(.failure(problem)) }
        case .body(let bytes):
            guard head != nil else { return }
            let total = body.count + bytes.readableBytes
            guard total <= Limits.bodyBytesMax else { return finish(.failure(APIError.tooLarge)) }
            guard hasRoom(for: total) else { return finish(.failure(APIError.unavailable)) }
            body.append(contentsOf: bytes.readableBytesView)
        case .end: finish(.success(body))
        }
    }

    private func hasRoom(for total: Int) -> Bool {
        guard total > Limits.bodyBytesOwn else { return true }
        let share = share ?? BodyShare(room)
        self.share = share
        return share.admits(total)
    }

    private func finish(_ body: Result<[UInt8], Problem>) {
        guard let head else { return }
        self.head = nil
        self.body = []
        if case .failure = body { share = nil }
        queue.append(ReceivedRequest(head: head, body: body, isOld: connection.isOld, share: share))
        share = nil
    }

    func read(context: ChannelHandlerContext) {
        if queue.mayRead() { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else { return context.close(promise: nil) }
        finish(.failure(APIError.badRequest("The body could not be read.")))
    }

    // MARK: - Out

    /// Writes a whole answer.
    func write(_ head: HTTPResponse, _ body: ByteBuffer) {
        guard let context else { return }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if body.readableBytes > 0 { context.write(wrapOutboundOut(.body(body)), promise: nil) }
        writeEnd()
    }

    /// Writes the beginning of an answer, to be sent with what follows.
    func write(_ head: HTTPResponse) {
        context?.write(wrapOutboundOut(.head(head)), promise: nil)
    }

    func writeEnd() {
        guard let context else { return }
        unanswered -= 1
        guard isStopping, unanswered == 0 else {
            return context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: sent)
    }

    // MARK: - Life

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        queue.setWritable(context.channel.isWritable)
    }

    func channelInactive(context: ChannelHandlerContext) {
        queue.finish()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { queue.finish() }
        guard event is ChannelShouldQuiesceEvent else { return }
        isStopping = true
        if unanswered == 0 { context.close(promise: nil) }
    }
}
