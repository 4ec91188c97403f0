import NIOCore
import NIOHTTP1
import NIOPosix

/// A small HTTP/1.1 client for one server, over TCP or a Unix-domain socket: no TLS, no redirects, no pool.
package struct HTTPClient: Sendable {
    /// Where the server listens.
    package enum Address: Sendable, Hashable, CustomStringConvertible {
        case tcp(host: String, port: Int)
        case unixDomainSocket(path: String)

        package var description: String {
            switch self {
            case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
            case .unixDomainSocket(let path): path
            }
        }

        /// The `Host` header for this address; a socket's path is no host name, so it says `localhost`.
        package var hostHeader: String {
            switch self {
            case .tcp: description
            case .unixDomainSocket: "localhost"
            }
        }
    }

    package static let bodySizeMaxDefault = 64 << 20

    private let address: Address
    private let bodySizeMax: Int
    private let connectTimeout: Duration
    private let eventLoopGroup: any EventLoopGroup

    /// - Parameters:
    ///   - bodySizeMax: the largest response body accepted, in bytes.
    ///   - connectTimeout: how long a connection attempt may take.
    package init(
        _ address: Address,
        bodySizeMax: Int = HTTPClient.bodySizeMaxDefault,
        connectTimeout: Duration = .seconds(5),
        eventLoopGroup: any EventLoopGroup = .singletonMultiThreadedEventLoopGroup
    ) {
        self.address = address
        self.bodySizeMax = bodySizeMax
        self.connectTimeout = connectTimeout
        self.eventLoopGroup = eventLoopGroup
    }

    /// Opens a keep-alive connection, which the caller closes.
    /// - Throws: `HTTPClientError` with code `connectFailed`.
    package func connect() async throws -> HTTPConnection {
        let bodySizeMax = bodySizeMax
        let bootstrap = ClientBootstrap(group: eventLoopGroup)
            .connectTimeout(TimeAmount(connectTimeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(ExchangeHandler(bodySizeMax: bodySizeMax))
                }
            }
        do {
            return HTTPConnection(channel: try await open(bootstrap), hostHeader: address.hostHeader)
        } catch {
            throw HTTPClientError(connectingTo: address, error)
        }
    }

    /// Connects, sends one request with `Connection: close`, and closes.
    /// - Throws: `HTTPClientError`, or `CancellationError` when the task is cancelled.
    package func send(
        _ request: HTTPClientRequest, timeout: Duration = .seconds(30)
    ) async throws -> HTTPClientResponse {
        var request = request
        request.headers.append(("Connection", "close"))
        let connection = try await connect()
        do {
            let response = try await connection.send(request, timeout: timeout)
            await connection.close()
            return response
        } catch {
            await connection.close()
            throw error
        }
    }

    private func open(_ bootstrap: ClientBootstrap) async throws -> any Channel {
        switch address {
        case .tcp(let host, let port): try await bootstrap.connect(host: host, port: port).get()
        case .unixDomainSocket(let path): try await bootstrap.connect(unixDomainSocketPath: path).get()
        }
    }
}
