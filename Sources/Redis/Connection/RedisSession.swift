import DequeModule
import NIOCore

/// One TCP connection: batches go out one after the other, and their replies come back in that order.
///
/// A batch whose deadline passes keeps its place in the queue, so that its late replies are dropped and not taken for
/// those of the next. Everything here happens on the channel's event loop.
final class RedisSession: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    struct InFlight {
        let byteCount: Int
        let replyCount: Int
        let sent: NIODeadline
        let deadline: NIODeadline
        /// Nil once the batch was given up.
        var completion: (@Sendable (Result<Outgoing.Reply, RedisError>) -> Void)?
    }

    let settings: RedisSettings
    let gauge: PendingGauge
    let breaker: CircuitBreaker
    var context: ChannelHandlerContext?
    var inFlight: Deque<InFlight> = []
    private var inbound = ByteBuffer()
    private var scanner: ReplyScanner
    /// Of the batch in front: replies scanned, where the first began, and whether one is an error.
    private var replies = (seen: 0, start: 0, hasErrors: false)
    private var isFlushScheduled = false
    var watch: (due: NIODeadline, task: Scheduled<Void>)?
    var ending: RedisError?
    /// Called once, when the connection has ended.
    var onEnd: ((RedisError) -> Void)?

    init(settings: RedisSettings, gauge: PendingGauge, breaker: CircuitBreaker) {
        self.settings = settings
        self.gauge = gauge
        self.breaker = breaker
        scanner = ReplyScanner(limits: settings.replyLimits)
    }

    var isIdle: Bool { inFlight.isEmpty }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    /// - Parameter outgoing: counted in the gauge already; the session takes it off when it is answered or given up.
    func send(_ outgoing: Outgoing) {
        guard let context, ending == nil else {
            gauge.remove(bytes: outgoing.bytes.readableBytes, commands: outgoing.replyCount)
            return outgoing.completion(.failure(RedisError(.unavailable, "the connection has just ended")))
        }
        inFlight.append(
            InFlight(
                byteCount: outgoing.bytes.readableBytes, replyCount: outgoing.replyCount, sent: .now(),
                deadline: outgoing.deadline, completion: outgoing.completion))
        setWatch(outgoing.deadline, context)
        context.write(wrapOutboundOut(outgoing.bytes), promise: nil)
        if isFlushScheduled { return }
        // What is sent in the same turn of the loop goes out in one system call.
        isFlushScheduled = true
        context.eventLoop.assumeIsolated().execute {
            self.isFlushScheduled = false
            self.context?.flush()
        }
    }

    func close() {
        end(RedisError(.connectionLost, "the connection was closed"))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if inbound.readableBytes == 0 {
            inbound = bytes
        } else {
            inbound.writeBuffer(&bytes)
        }
        do {
            try answer()
        } catch {
            end(error)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(RedisError(.connectionLost, "the server closed the connection"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(RedisError(.connectionLost, String(describing: error)))
    }

    /// Completes the batches whose replies are all there.
    private func answer() throws(RedisError) {
        while let front = inFlight.first {
            guard let end = try scan(front.replyCount) else { break }
            let slice = inbound.getSlice(at: inbound.readerIndex + replies.start, length: end - replies.start)
            let reply = Outgoing.Reply(bytes: slice ?? ByteBuffer(), hasErrors: replies.hasErrors)
            replies = (0, end, false)
            inFlight.removeFirst()
            gauge.remove(bytes: front.byteCount, commands: front.replyCount)
            guard let completion = front.completion else { continue }
            breaker.succeeded()
            completion(.success(reply))
        }
        if inFlight.isEmpty, scanner.start < inbound.readableBytes {
            throw RedisError(.malformedReply, "a reply that nothing asked for")
        }
        try discardAnswered()
    }

    /// Scans on towards the end of the front batch's last reply.
    /// - Returns: where it is; nil if it is still to come.
    private func scan(_ count: Int) throws(RedisError) -> Int? {
        let result: Result<Int?, RedisError> = inbound.withUnsafeReadableBytes { bytes in
            do throws(RedisError) {
                while replies.seen < count {
                    let start = scanner.start
                    guard let _ = try scanner.next(bytes) else { return .success(nil) }
                    replies.seen += 1
                    if bytes[start] == UInt8(ascii: "-") { replies.hasErrors = true }
                }
                return .success(scanner.start)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Forgets the bytes of batches that were completed. What is left of a reply is copied out of the memory that the
    /// replies before it share, so that the rest can be added to it in place.
    private func discardAnswered() throws(RedisError) {
        let left = inbound.readableBytes - replies.start
        guard left <= settings.replyLimits.bufferedBytesMax else {
            throw RedisError(.malformedReply, "replies of more than \(settings.replyLimits.bufferedBytesMax) bytes")
        }
        guard replies.start > 0 else { return }
        scanner.drop(replies.start)
        inbound.moveReaderIndex(forwardBy: replies.start)
        replies.start = 0
        inbound = left > 0 ? ByteBuffer(bytes: inbound.readableBytesView) : ByteBuffer()
    }
}
