import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes

/// A connection of HTTP/1.1: the front handler, then Hummingbird's pipeline with the guard in it.
package struct APIChannel: ServerChildChannel {
    package typealias Value = HTTP1Channel.Value

    package struct Configuration: Sendable {
        package var deadlines: ConnectionGuard.Deadlines
        package var decoder: HTTP1Channel.Configuration.DecoderConfiguration
        /// Nil sends everything the ordinary way.
        package var front: FrontReception?

        package init(
            deadlines: ConnectionGuard.Deadlines, decoder: HTTP1Channel.Configuration.DecoderConfiguration,
            front: FrontReception?
        ) {
            self.deadlines = deadlines
            self.decoder = decoder
            self.front = front
        }
    }

    private let responder: HTTPChannelHandler.Responder
    private let configuration: Configuration
    private let desks: FrontDesks?

    package init(responder: @escaping HTTPChannelHandler.Responder, configuration: Configuration) {
        self.responder = responder
        self.configuration = configuration
        desks = configuration.front.map(FrontDesks.init)
    }

    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let connection = ConnectionState()
        if let desks {
            let address = channel.remoteAddress?.ipAddress ?? "unix"
            let front = FrontHandler(desk: desks.desk(), connection: connection, address: address)
            do { try channel.pipeline.syncOperations.addHandler(front) } catch {
                return channel.eventLoop.makeFailedFuture(error)
            }
        }
        // Hummingbird makes its handlers within the call of `setup`, which is on the loop.
        let shared = NIOLoopBound(connection, eventLoop: channel.eventLoop)
        let deadlines = configuration.deadlines
        return HTTP1Channel(
            responder: responder,
            configuration: .init(
                additionalChannelHandlers: [ConnectionGuard(deadlines, shared.value)],
                httpDecoderConfiguration: configuration.decoder)
        ).setup(channel: channel, logger: logger)
    }

    package func handle(value: Value, logger: Logger) async {
        await HTTP1Channel(responder: responder).handle(value: value, logger: logger)
    }
}

extension HTTPServerBuilder {
    /// The API over HTTP/1.1.
    package static func api(_ configuration: APIChannel.Configuration) -> HTTPServerBuilder {
        .init { responder in APIChannel(responder: responder, configuration: configuration) }
    }
}
