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
    init(
        _ channel: any Channel, queue: RequestQueue? = nil, state: ConnectionState = ConnectionState(),
        room: BodyRoom = BodyRoom()
    ) throws {
        self.channel = channel
        let queue = queue ?? RequestQueue(channel)
        self.queue = queue
        let intake = RequestIntake(queue, state, room)
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
    /// - Parameter isChunked: false where the body ends with the connection.
    func become(
        _ head: HTTPResponse, isChunked: Bool = true, _ handlers: @escaping @Sendable () -> [any ChannelHandler]
    ) async throws {
        let intake = intake
        let channel = channel
        try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: ConnectionGuard.self).upgrade =
                ConnectionGuard.Upgrade(handlers: handlers(), isChunked: isChunked)
            intake.value.write(head)
            // Who has gone may have held reading back.
            channel.read()
        }.get()
    }

    /// Says that nothing more will be written, and waits until the connection is closed.
    func finish() async {
        channel.close(mode: .output, promise: nil)
        // How it was closed makes no difference.
        do { try await channel.closeFuture.get() } catch {}
    }
}
