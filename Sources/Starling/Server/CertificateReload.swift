import EventLog
import HTTPAPI
import Logging
import ServiceLifecycle
import Telemetry

/// Shows a renewed certificate without a restart.
struct CertificateReload: Service {
    private static let pause: Duration = .seconds(30)

    private let certificate: ServerCertificate
    private let logger: Logger

    init(_ certificate: ServerCertificate, logger: Logger) {
        self.certificate = certificate
        self.logger = logger
    }

    func run() async throws {
        await Upkeep.run("reload the certificate", every: Self.pause, logger: logger) {
            if try certificate.reloadIfChanged() { logger.info("certificate reloaded") }
        }
    }
}
