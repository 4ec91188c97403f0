import NIOCore
import Testing

/// A socket that takes what is written to it only when told to.
final class HeldBack: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private var held: [(NIOAny, EventLoopPromise<Void>?)] = []
    private var context: ChannelHandlerContext?
    /// Which sides of the connection were closed.
    private(set) var closes: [CloseMode] = []

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        held.append((data, promise))
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        closes.append(mode)
        mode == .all ? context.close(mode: mode, promise: promise) : promise?.succeed(())
    }

    /// Takes everything up to the next write that somebody waits for.
    func send() throws {
        let context = try #require(context)
        while !held.isEmpty {
            let (data, promise) = held.removeFirst()
            context.writeAndFlush(data, promise: promise)
            if promise != nil { return }
        }
    }
}
