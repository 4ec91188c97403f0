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

    let deadlines: Deadlines
    let connection: ConnectionState
    private var deadline: Scheduled<Void>?
    /// Between a head and the end of its body.
    private var isReceiving = false
    /// An answer has said that it is the last.
    private var isLast = false
    /// It has gone, and what the client still says makes no difference.
    var isLingering = false
    /// For what could not be read after requests that are not answered yet.
    private var refusal: APIResponse?
    /// Answers of which the client's side has not taken everything.
    private var unsent = 0
    /// Nothing more will be written, and whoever said so may wait for the end of what was.
    private var isFinished = false
    private var finish: EventLoopPromise<Void>?
    /// What takes the place of HTTP once the head of the next answer is written.
    var upgrade: Upgrade?

    init(_ deadlines: Deadlines, _ connection: ConnectionState = ConnectionState()) {
        self.deadlines = deadlines
        self.connection = connection
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        do {
            let pipeline = context.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(RequestHeadCheck(connection), position: .after(decoder))
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
        guard !isLingering else { return }
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
        case .head(let answer):
            if let upgrade { return leave(context, for: upgrade, with: answer, promise) }
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
        if case ByteToMessageDecoderError.dataReceivedInErrorState = error { return }
        guard let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        guard !connection.isCutShort else { return }
        connection.isCutShort = true
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
            end(context, finish)
        } else if let refusal {
            self.refusal = nil
            refuse(refusal, context)
        } else {
            idle(deadlines.idle, context)
        }
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

    func allow(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }
}
