import Core
import Foundation
import HTTPAPI
import Hummingbird
import HummingbirdCore
import KeyValue
import Logging
import NIOCore
import ServiceLifecycle
import Telemetry
import UnixSignals

/// A running server: the node's consumers, the admin socket, the API.
struct Server {
    private let settings: ServerSettings
    private let metrics: MetricsRegistry
    private let logger: Logger

    init(settings: ServerSettings, metrics: MetricsRegistry, logger: Logger) {
        self.settings = settings
        self.metrics = metrics
        self.logger = logger
    }

    /// Serves until a signal asks to stop: then it accepts nothing new, finishes what is in flight, and lets the
    /// consumers catch up, within the limit.
    /// - Parameter onReady: called with the port once requests are answered; with nil where this process answers none.
    func run(onReady: @escaping @Sendable (Int?) -> Void) async throws {
        let directory = try DataDirectory(settings.dataDirectory)
        let lock: DataDirectoryLock
        do { lock = try await directory.lock(patience: .seconds(2)) } catch is DataDirectory.InUse {
            throw SettingsError(
                "Another Starling uses \(directory.path). Stop it, or choose another folder with --data-dir.")
        }
        defer { withExtendedLifetime(lock) {} }
        let node = try await Node.opened(in: directory, settings: settings, logger: logger)
        let readiness = Readiness(database: node.database, logger: logger)
        // Services stop in the reverse of this order: the API first, the consumers last.
        var services = node.services
        services.append(try AdminSocket.service(LocalAdmin(node), directory: directory, logger: quietLogger))
        if let port = settings.metricsPort {
            services.append(
                ListeningService(
                    listener: metricsService(port: port), address: "\(settings.metricsHost):\(port)",
                    flags: "--metrics-host and --metrics-port"))
        }
        if let certificate = settings.certificate {
            services.append(CertificateReload(certificate, logger: logger))
        }
        if settings.roles.contains(.api) {
            let limiter = MemoryRateLimiter(isShared: node.redis != nil && settings.rateLimits.isEnabled)
            if let redis = node.redis, settings.rateLimits.isEnabled {
                services.append(RateLimitSettlement(of: limiter, through: redis))
            }
            let api = apiService(node, readiness, limiter) { port in
                readiness.startServing()
                onReady(port)
            }
            services.append(
                ListeningService(
                    listener: api, address: "\(settings.host):\(settings.port)", flags: "--host and --port"))
            // Streams end first: the API waits for whatever is not answered yet.
            services.append(node.api.streams)
        } else {
            onReady(nil)
        }
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint, .sighup],
            cancellationSignals: [.sigquit], logger: quietLogger)
        configuration.maximumGracefulShutdownDuration = settings.shutdownLimit
        try await ServiceGroup(configuration: configuration).run()
        try await node.close()
        logger.info("stopped")
    }

    /// For libraries that say at `info` what only they care about.
    private var quietLogger: Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }

    private func apiService(
        _ node: Node, _ readiness: Readiness, _ limiter: MemoryRateLimiter,
        _ onRunning: @escaping @Sendable (Int) -> Void
    ) -> some Service {
        var services = node.api
        services.allowedOrigins = settings.allowedOrigins
        let api = API(
            services: services,
            operations: OperationsRoutes(
                readiness: readiness, metrics: metrics, metricsToken: settings.metricsToken),
            limits: settings.rateLimits, limiter: limiter,
            stored: settings.engines.isShared ? StoredRateLimiter(database: node.database) : nil,
            offersEcho: settings.offersWebSocketEcho,
            compression: settings.compression, logger: logger)
        let responder = Responder(api: api, proxies: settings.trustedProxies, logger: logger)
        // The front desk writes no log; who wants every request logged gets them the ordinary way.
        let hasFront = settings.fastPath && logger.logLevel > .debug
        let channel = APIChannel.Configuration(
            responder: responder, deadlines: settings.deadlines,
            front: hasFront ? FrontReception(responder) : nil)
        return Application(
            responder: responder,
            server: settings.certificate.map { .secureAPI(channel, certificate: $0) } ?? .api(channel),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), backlog: 1024,
                availableConnectionsDelegate: MaximumAvailableConnections(settings.connectionsMax)),
            onServerRunning: { channel in onRunning(channel.localAddress?.port ?? 0) }, logger: Logger.silent)
    }

    private func metricsService(port: Int) -> some Service {
        let metrics = metrics
        let bearer = settings.isMetricsLocal ? nil : settings.metricsToken.map { "Bearer \($0)" }
        let responder = CallbackResponder<ConnectionContext> { request, _ in
            guard request.method == .get, request.uri.path == "/metrics",
                bearer == nil || request.headers[.authorization] == bearer
            else { return Response(status: .notFound) }
            return Response(
                status: .ok, headers: [.contentType: MetricsRegistry.contentType],
                body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.prometheusText())))
        }
        return Application(
            responder: responder,
            configuration: ApplicationConfiguration(address: .hostname(settings.metricsHost, port: port)),
            logger: Logger.silent)
    }
}
