import NIOCore
import NIOPosix
import NIOSSL
import Telemetry

/// What it takes to connect to one node.
struct Endpoint: Sendable {
    let address: RedisAddress
    let credentials: Credentials
    let settings: RedisSettings
    let logger: Logger
    let meters: RedisMeters
    /// Called when a connection was lost or could not be made: the cluster may have changed.
    let onTrouble: @Sendable () -> Void

    /// What all nodes of a client share.
    struct Credentials: Sendable {
        let user: String?
        let password: String?
        let database: Int
        let tls: NIOSSLContext?

        init(_ url: RedisURL, _ settings: RedisSettings) throws {
            user = url.user
            password = url.password
            database = url.database
            guard url.isTLS else {
                tls = nil
                return
            }
            var configuration = TLSConfiguration.makeClientConfiguration()
            if let file = settings.trustedCertificates { configuration.trustRoots = .file(file) }
            tls = try NIOSSLContext(configuration: configuration)
        }
    }

    /// - Parameter handlers: called on the event loop, for what goes behind TLS.
    func connect(
        on eventLoop: any EventLoop, handlers: @escaping @Sendable (any Channel) throws -> Void
    ) -> EventLoopFuture<any Channel> {
        ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(settings.connectTimeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls = credentials.tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: serverName))
                    }
                    try handlers(channel)
                }
            }
            .connect(host: address.host, port: address.port)
    }

    /// The commands that a new connection begins with. Their replies must not be errors.
    var greeting: RedisBatch {
        var batch = RedisBatch()
        switch (credentials.user, credentials.password) {
        case (let user?, let password?): batch.append(keyless: "AUTH", user, password)
        case (nil, let password?): batch.append(keyless: "AUTH", password)
        default: break
        }
        if credentials.database != 0 { batch.append(keyless: "SELECT", credentials.database) }
        // A server that still loads its data refuses this.
        batch.append(keyless: "PING")
        return batch
    }

    /// Nil for an address in numbers: those are not for the TLS extension, and are checked against the peer's own.
    private var serverName: String? {
        (try? SocketAddress(ipAddress: address.host, port: 0)) == nil ? address.host : nil
    }
}
