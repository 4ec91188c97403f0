import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOSSL
import NIOTLS

/// A connection that begins with a TLS handshake, in which the client chooses what follows: HTTP/1.1, served as without
/// TLS, or HTTP/2.
package struct SecureChannel: ServerChildChannel {
    enum Chosen: Sendable {
        case http1(APIChannel.Value)
        case http2(HTTP2APIChannel.Value)
    }

    package struct Value: ServerChildChannelValue {
        let chosen: EventLoopFuture<Chosen>
        package let channel: any Channel
    }

    private struct UnknownProtocol: Error {}

    private let http1: APIChannel
    private let http2: HTTP2APIChannel
    private let certificate: ServerCertificate
    private let handshakeTime: TimeAmount

    init(http1: APIChannel, http2: HTTP2APIChannel, certificate: ServerCertificate, handshakeTime: TimeAmount) {
        self.http1 = http1
        self.http2 = http2
        self.certificate = certificate
        self.handshakeTime = handshakeTime
    }

    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let negotiation = NIOTypedApplicationProtocolNegotiationHandler<Chosen> { result in
                switch result {
                case .negotiated("h2"): http2.setup(channel: channel, logger: logger).map { .http2($0) }
                // A client that names no protocol means HTTP/1.1.
                case .negotiated("http/1.1"), .fallback:
                    http1.setup(channel: channel, logger: logger).map { .http1($0) }
                case .negotiated:
                    channel.close().flatMapThrowing { throw UnknownProtocol() }
                }
            }
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(NIOSSLServerHandler(context: certificate.context))
            try pipeline.addHandlers(HandshakeDeadline(handshakeTime), negotiation)
            return Value(chosen: negotiation.protocolNegotiationResult, channel: channel)
        }
    }

    package func handle(value: Value, logger: Logger) async {
        let chosen: Chosen
        // A handshake that fails has closed the connection, and with plain HTTP on this port that is all there is to say.
        do { chosen = try await value.chosen.get() } catch { return }
        switch chosen {
        case .http1(let value): await http1.handle(value: value, logger: logger)
        case .http2(let value): await http2.handle(value: value, logger: logger)
        }
    }
}

extension HTTPServerBuilder {
    /// The API over TLS, by HTTP/2 or HTTP/1.1.
    package static func secureAPI(
        _ configuration: APIChannel.Configuration, certificate: ServerCertificate
    ) -> HTTPServerBuilder {
        .init { responder in
            SecureChannel(
                http1: APIChannel(configuration),
                http2: HTTP2APIChannel(responder: responder, deadlines: configuration.deadlines),
                certificate: certificate, handshakeTime: configuration.deadlines.head)
        }
    }
}
