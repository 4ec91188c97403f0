import Core
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Drops clients that take too long, answers requests that no parser could read, and closes after an answer that says
/// so.
///
/// A connection has so long to bring a whole head, and then so long to bring the body. Between requests it may idle.
package final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart

    private let deadlines: Deadlines
    private let connection: ConnectionState
    private var deadline: Scheduled<Void>?
    /// Between a head and the end of its body.
    private var isReceiving = false
    /// An answer has said that it is the last.
    private var isLast = false
    /// For what could not be read after requests that are not answered yet.
    private var refusal: APIResponse?
    /// Answers of which the client's side has not taken everything.
    private var unsent = 0
    /// Nothing more will be written, and whoever said so may wait for the end of what was.
    private var isFinished = false
    private var finish: EventLoopPromise<Void>?
    /// What takes the place of HTTP once the head of the next answer is written.
    var upgrade: [any ChannelHandler] = []

    init(_ deadlines: Deadlines, _ connection: ConnectionState = ConnectionState()) {
        self.deadlines = deadlines
        self.connection = connection
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        do {
            let pipeline = context.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(RequestHeadCheck(), position: .after(decoder))
        } catch {
            preconditionFailure("the guard stands behind an HTTP/1.1 decoder")
        }
        if context.channel.isActive { idle(deadlines.head, context) }
    }

    package func channelActive(context: ChannelHandlerContext) {
        idle(deadlines.head, context)
        context.fireChannelActive()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.fireChannelRead(data)
        switch unwrapInboundIn(data) {
        case .head(let request):
            connection.unanswered += 1
            isReceiving = true
            allow(deadlines.body, context)
            if connection.unanswered == 1, request.waitsToSendBody {
                let goOn = HTTPResponse(status: .continue)
                context.writeAndFlush(wrapOutboundOut(.head(goOn)), promise: nil)
            }
        case .body: break
        case .end:
            isReceiving = false
            settle(context)
        }
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head where !upgrade.isEmpty:
            context.writeAndFlush(data, promise: promise)
            leave(context)
        case .head(let answer):
            isLast = answer.headerFields[.connection] == "close"
            if isLast { connection.isEnding = true }
            unsent += 1
            allow(deadlines.answer, context)
            context.write(data, promise: promise)
        case .body:
            // A long one is written as its client takes it: each part has the time anew.
            allow(deadlines.answer, context)
            context.write(data, promise: promise)
        case .end:
            // Written is not sent: a client that does not read keeps the deadline running.
            let sent = promise ?? context.eventLoop.makePromise()
            sent.futureResult.assumeIsolated().whenSuccess {
                self.unsent -= 1
                // What was sent behind the last request is not answered any more.
                let isOver = self.isLast && self.unsent == 0
                self.connection.unanswered = isOver ? 0 : max(0, self.connection.unanswered - 1)
                self.settle(context)
            }
            context.write(data, promise: sent)
        }
    }

    /// Once the client has finished sending, a close of our side is a close of everything, and what is not sent is lost.
    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output, unsent > 0 else { return context.close(mode: mode, promise: promise) }
        isFinished = true
        finish = promise
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        guard !isReceiving else {
            // The request that the body belongs to fails, and its answer says so.
            isReceiving = false
            context.fireErrorCaught(error)
            return settle(context)
        }
        connection.isEnding = true
        refusal = (error == .headerOverflow ? APIError.headersTooLarge : Self.malformed).response()
        settle(context)
    }

    /// Leaves the connection to what follows, at once, so that what the client sends after it has read the head meets the new
    /// handlers. What it sends before that, which it must not, is lost.
    private func leave(_ context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            try pipeline.addHandlers(upgrade, position: .before(self))
            upgrade = []
            for handler in try httpHandlers(pipeline) { pipeline.removeHandler(handler, promise: nil) }
        } catch {
            preconditionFailure("the guard stands among handlers of HTTP/1.1")
        }
    }

    private func httpHandlers(_ pipeline: ChannelPipeline.SynchronousOperations) throws -> [any RemovableChannelHandler]
    {
        let front: [any RemovableChannelHandler]
        // There is none where everything goes the ordinary way.
        do { front = [try pipeline.handler(type: FrontHandler.self)] } catch { front = [] }
        return front + [
            try pipeline.handler(type: HTTP1ToHTTPServerCodec.self), try pipeline.handler(type: RequestHeadCheck.self),
            try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self),
            try pipeline.handler(type: HTTPResponseEncoder.self), try pipeline.handler(type: RequestIntake.self), self,
        ]
    }

    private static let malformed = APIError.badRequest("The request is not valid HTTP.")

    /// Does what comes next, whenever something was read or answered.
    private func settle(_ context: ChannelHandlerContext) {
        if isFinished, unsent == 0, !isLast, refusal == nil {
            isFinished = false
            idle(deadlines.idle, context)
            context.close(mode: .output, promise: finish)
        } else if connection.unanswered > 0 {
            if isReceiving {
                allow(deadlines.body, context)
            } else if unsent > 0 {
                allow(deadlines.answer, context)
            } else {
                deadline?.cancel()
            }
        } else if isReceiving {
            // Answered early. A client that is still sending would lose the answer if everything was closed at once.
            allow(deadlines.body, context)
            if isLast { context.close(mode: .output, promise: finish) }
        } else if isLast {
            context.close(promise: finish)
        } else if let refusal {
            self.refusal = nil
            refuse(refusal, context)
        } else {
            idle(deadlines.idle, context)
        }
    }

    private func refuse(_ answer: APIResponse, _ context: ChannelHandlerContext) {
        var headers = answer.headers
        headers[.connection] = "close"
        headers[.contentLength] = String(answer.body.count)
        let head = HTTPResponse(status: .init(code: answer.status), headerFields: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: answer.body))), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }

    private func idle(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        idle(until: context.eventLoop.now + time, context)
    }

    /// Waits for the next request, at most until `limit`. What the front desk answers meanwhile makes it begin anew.
    private func idle(until limit: NIODeadline, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        let look = min(limit, context.eventLoop.now + deadlines.idle)
        deadline = context.eventLoop.assumeIsolated().scheduleTask(deadline: look) {
            let until = self.connection.frontAnswer.map { $0 + self.timeAfterFrontAnswer(context) } ?? limit
            guard until > context.eventLoop.now else { return context.close(promise: nil) }
            self.idle(until: until, context)
        }
    }

    /// A client that is still taking the answer has the time for that.
    private func timeAfterFrontAnswer(_ context: ChannelHandlerContext) -> TimeAmount {
        let options = context.channel.syncOptions
        guard let unsent = try? options?.getOption(.bufferedWritableBytes), unsent > 0 else { return deadlines.idle }
        return max(deadlines.idle, deadlines.answer)
    }

    private func allow(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }
}

extension HTTPRequest {
    /// Whether the client sends the body only when told to, and the body is none that is refused anyway.
    var waitsToSendBody: Bool {
        guard headerFields[.expect]?.lowercased() == "100-continue" else { return false }
        return headerFields[.contentLength].flatMap { Int($0) } ?? 0 <= Limits.bodyBytesMax
    }
}
