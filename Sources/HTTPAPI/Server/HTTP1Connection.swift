import Core
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTPTypes

/// A connection of HTTP/1.1 as the task sees it that answers its requests. Its methods may be called from any thread.
package struct HTTP1Connection: ServerChildChannelValue {
    package let channel: any Channel
    private let queue: RequestQueue
    private let intake: NIOLoopBound<RequestIntake>

    /// To be called on the channel's event loop, whose pipeline ends with the intake then.
    init(_ channel: any Channel) throws {
        self.channel = channel
        queue = RequestQueue(channel)
        let intake = RequestIntake(queue)
        self.intake = NIOLoopBound(intake, eventLoop: channel.eventLoop)
        try channel.pipeline.syncOperations.addHandler(intake)
    }

    /// The next request; nil once none will come.
    func next() async -> ReceivedRequest? {
        await queue.next()
    }

    func write(_ head: HTTPResponse, _ body: ByteBuffer = ByteBuffer()) {
        let intake = intake
        channel.eventLoop.execute { intake.value.write(head, body) }
    }

    /// Writes an answer whose body comes in parts, as its client takes them.
    func write(_ head: HTTPResponse, parts: some AsyncSequence<ByteBuffer, any Error> & Sendable) async throws {
        let intake = intake
        channel.eventLoop.execute { intake.value.write(head) }
        for try await part in parts { try await channel.writeAndFlush(HTTPResponsePart.body(part)) }
        channel.eventLoop.execute { intake.value.writeEnd() }
    }

    /// Writes a head, and puts what `handlers` makes in the place of everything that speaks HTTP.
    func become(_ head: HTTPResponse, _ handlers: @escaping @Sendable () -> [any ChannelHandler]) async throws {
        let intake = intake
        let channel = channel
        try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: ConnectionGuard.self).upgrade = handlers()
            intake.value.write(head)
        }.get()
    }

    /// Says that nothing more will be written, and waits until the connection is closed.
    func finish() async {
        channel.close(mode: .output, promise: nil)
        // How it was closed makes no difference.
        do { try await channel.closeFuture.get() } catch {}
    }
}
