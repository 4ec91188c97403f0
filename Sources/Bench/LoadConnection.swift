import HTTPClient
import NIOCore
import NIOPosix

/// One raw keep-alive connection of a lane: writes ready-made bytes, times the response, opens again after a failure.
/// Like its lane it lives on one event loop.
final class LoadConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The pause before opening again after a failure, so that a server that refuses is not hammered.
    private static let failureDelay: TimeAmount = .milliseconds(100)

    let number: Int
    /// The index of the token its next request uses; the lane rotates it.
    var token: Int
    private let address: HTTPClient.Address
    private let eventLoop: any EventLoop
    /// The lane closes and outlives its connections.
    private unowned let lane: any Lane
    private var context: ChannelHandlerContext?
    private var parser = ResponseParser()
    private var request: PendingRequest?
    private var isClosed = false
    private var reopenDelay = LoadConnection.failureDelay

    init(number: Int, address: HTTPClient.Address, eventLoop: any EventLoop, lane: any Lane) {
        self.number = number
        token = 0
        self.address = address
        self.eventLoop = eventLoop
        self.lane = lane
    }

    var isReady: Bool { context != nil && request == nil }
    var isBusy: Bool { request != nil }

    func open() -> EventLoopFuture<Void> {
        let handler = NIOLoopBound(self, eventLoop: eventLoop)
        let bootstrap = ClientBootstrap(group: eventLoop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(handler.value)
                }
            }
        let channel =
            switch address {
            case .tcp(let host, let port): bootstrap.connect(host: host, port: port)
            case .unixDomainSocket(let path): bootstrap.connect(unixDomainSocketPath: path)
            }
        return channel.map { _ in }
    }

    /// Closes for good.
    func close() {
        isClosed = true
        context?.close(promise: nil)
    }

    /// - Precondition: the connection is ready.
    func send(_ bytes: ByteBuffer, _ kind: RequestKind, startedAt: NIODeadline, now: NIODeadline) {
        guard let context, request == nil else { preconditionFailure("sent on a connection that is not ready") }
        request = PendingRequest(kind: kind, startedAt: startedAt, sentAt: now)
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    /// Gives up a request sent before `deadline`.
    func timeOut(sentBefore deadline: NIODeadline) {
        guard let request, request.sentAt < deadline else { return }
        fail(.timeout)
    }

    func channelActive(context: ChannelHandlerContext) {
        if isClosed { return context.close(promise: nil) }
        self.context = context
        parser = ResponseParser()
        reopenDelay = Self.failureDelay
        lane.connectionIsReady(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let chunk = unwrapInboundIn(data)
        lane.tally.count(bytes: chunk.readableBytes)
        switch parser.read(chunk) {
        case .incomplete: return
        case .failed(let failure): fail(failure)
        case .complete(let response): complete(response)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        fail(.closed)
        reopen(in: reopenDelay)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(.closed)
    }

    private func complete(_ response: Response) {
        guard let finished = request else { return fail(.malformed) }
        request = nil
        lane.tally.count(response, to: finished, at: .now())
        lane.connection(self, finished: finished, with: response)
        if response.closesConnection {
            reopenDelay = .zero
            context?.close(promise: nil)
        } else if context != nil {
            lane.connectionIsReady(self)
        }
    }

    private func fail(_ failure: TransportFailure) {
        let abandoned = request
        request = nil
        let open = context
        context = nil
        open?.close(promise: nil)
        guard let abandoned, !isClosed else { return }
        lane.tally.count(failure)
        lane.connection(self, finished: abandoned, with: nil)
    }

    private func reopen(in delay: TimeAmount) {
        guard !isClosed else { return }
        eventLoop.assumeIsolated().scheduleTask(in: delay) { [self] in
            guard !isClosed else { return }
            open().assumeIsolated().whenFailure { [self] _ in
                lane.tally.count(.connectFailed)
                reopen(in: Self.failureDelay)
            }
        }
    }
}
