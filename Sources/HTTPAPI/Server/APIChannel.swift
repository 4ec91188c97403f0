import Core
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// A connection of HTTP/1.1: the front handler, the pacer, NIO's codec, the guard, and the intake, from which one task takes requests
/// and answers them in their order. Connections that become streams have no task.
package struct APIChannel: ServerChildChannel {
    package struct Configuration: Sendable {
        package var responder: Responder
        package var deadlines: ConnectionGuard.Deadlines
        /// Nil sends everything the ordinary way.
        package var front: FrontReception?

        package init(
            responder: Responder, deadlines: ConnectionGuard.Deadlines, front: FrontReception?
        ) {
            self.responder = responder
            self.deadlines = deadlines
            self.front = front
        }
    }

    private let configuration: Configuration
    private let desks: FrontDesks?

    package init(_ configuration: Configuration) {
        self.configuration = configuration
        desks = configuration.front.map(FrontDesks.init)
    }

    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Connection> {
        channel.eventLoop.makeCompletedFuture {
            // Most requests fit; a buffer stays with the connection for as long as it lives.
            try channel.syncOptions?.setOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 1024, maximum: 65_536))
            let pipeline = channel.pipeline.syncOperations
            let connection = ConnectionState()
            let queue = RequestQueue(channel)
            if let desks {
                let address = channel.remoteAddress?.ipAddress ?? "unix"
                try pipeline.addHandler(FrontHandler(desk: desks.desk(), connection: connection, address: address))
            }
            try pipeline.addHandler(RequestPacer(queue, connection))
            try pipeline.configureHTTPServerPipeline(
                // One request is answered after the other; errors are for the guard; heads are checked when they are made.
                withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
                withEncoderConfiguration: .init(), withDecoderLimitConfiguration: Self.headLimits)
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            try pipeline.addHandler(ConnectionGuard(configuration.deadlines, connection))
            return try HTTP1Connection(
                channel, queue: queue, state: connection, room: configuration.responder.bodies)
        }
    }

    private static let headLimits: NIOHTTPDecoderLimitConfiguration = {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = Limits.headerBytesMax
        limits.maxHeaderListSize = Limits.headerBytesMax
        limits.maxHeaderFieldCount = Limits.headerCountMax
        return limits
    }()

    package func handle(value connection: HTTP1Connection, logger: Logger) async {
        await withTaskCancellationHandler {
            while let request = await connection.next() {
                let isOver = await configuration.responder.answer(request, on: connection)
                guard !isOver else { return }
                if request.head.headerFields[.connection] == "close" { break }
            }
            await connection.finish()
        } onCancel: {
            connection.channel.close(mode: .input, promise: nil)
        }
    }
}

extension HTTPServerBuilder {
    /// The API over HTTP/1.1.
    package static func api(_ configuration: APIChannel.Configuration) -> HTTPServerBuilder {
        .init { _ in APIChannel(configuration) }
    }
}
