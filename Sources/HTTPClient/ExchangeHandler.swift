import NIOCore
import NIOHTTP1

/// A request on its way down the pipeline, with the promise of its response.
struct Exchange: Sendable {
    let request: HTTPClientRequest
    let hostHeader: String
    let timeout: Duration
    let response: EventLoopPromise<HTTPClientResponse>
}

/// Turns one `Exchange` at a time into request parts, and response parts into its result.
final class ExchangeHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = Exchange
    typealias OutboundOut = HTTPClientRequestPart

    private struct InFlight {
        let response: EventLoopPromise<HTTPClientResponse>
        let deadline: Scheduled<Void>
        var head: HTTPResponseHead?
        var body = ByteBuffer()
    }

    private let bodySizeMax: Int
    private var inFlight: InFlight?

    init(bodySizeMax: Int) {
        self.bodySizeMax = bodySizeMax
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let exchange = unwrapOutboundIn(data)
        guard inFlight == nil else {
            promise?.fail(HTTPClientError(.busy, "await the response before sending another request"))
            return
        }
        let deadline = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(exchange.timeout)) {
            self.fail(context, HTTPClientError(.timeout, "no response within \(exchange.timeout)"))
        }
        inFlight = InFlight(response: exchange.response, deadline: deadline)
        let headWritten = context.eventLoop.makePromise(of: Void.self)
        headWritten.futureResult.assumeIsolated().whenFailure { error in
            self.fail(context, HTTPClientError(writeFailure: error))
        }
        context.write(wrapOutboundOut(.head(HTTPRequestHead(exchange))), promise: headWritten)
        guard inFlight != nil else {
            promise?.fail(HTTPClientError(.invalidRequest, "the head was refused"))
            return
        }
        let body = exchange.request.body
        if !body.isEmpty {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        }
        context.write(wrapOutboundOut(.end(nil)), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard inFlight != nil else { return context.close(promise: nil) }
            inFlight?.head = head
        case .body(var chunk):
            let size = (inFlight?.body.readableBytes ?? 0) + chunk.readableBytes
            guard size <= bodySizeMax else {
                return fail(context, HTTPClientError(.bodyTooLarge, "more than \(bodySizeMax) bytes"))
            }
            inFlight?.body.writeBuffer(&chunk)
        case .end:
            complete(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(context, HTTPClientError(.connectionClosed, "by the peer, before the response was complete"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let code: HTTPClientError.Code = error is HTTPParserError ? .malformedResponse : .connectionClosed
        fail(context, HTTPClientError(code, String(describing: error)))
    }

    private func complete(_ context: ChannelHandlerContext) {
        guard let finished = inFlight, let head = finished.head else { return }
        inFlight = nil
        finished.deadline.cancel()
        if !head.isKeepAlive {
            context.close(promise: nil)
        }
        finished.response.succeed(
            HTTPClientResponse(
                status: Int(head.status.code),
                headers: head.headers.map { ($0.name, $0.value) },
                body: Array(finished.body.readableBytesView)
            )
        )
    }

    private func fail(_ context: ChannelHandlerContext, _ error: HTTPClientError) {
        inFlight?.deadline.cancel()
        inFlight?.response.fail(error)
        inFlight = nil
        context.close(promise: nil)
    }
}

extension HTTPRequestHead {
    /// The head of an exchange, completed with `Host`, and with `Content-Length` where a body is or may be expected.
    fileprivate init(_ exchange: Exchange) {
        let request = exchange.request
        var headers = HTTPHeaders(request.headers)
        if !headers.contains(name: "host") {
            headers.add(name: "Host", value: exchange.hostHeader)
        }
        let expectsBody = !request.body.isEmpty || ["POST", "PUT", "PATCH"].contains(request.method)
        if expectsBody && !headers.contains(name: "content-length") && !headers.contains(name: "transfer-encoding") {
            headers.add(name: "Content-Length", value: String(request.body.count))
        }
        self.init(
            version: .http1_1, method: HTTPMethod(rawValue: request.method), uri: request.path, headers: headers)
    }
}

extension HTTPClientError {
    /// Names the failure of a write: refused by the encoder, or the connection was gone.
    init(writeFailure error: any Error) {
        let code: Code = error is HTTPParserError ? .invalidRequest : .connectionClosed
        self.init(code, String(describing: error))
    }
}
