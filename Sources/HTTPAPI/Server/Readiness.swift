import SQL
import Synchronization
import Telemetry

/// Whether this process should be sent requests.
package final class Readiness: Sendable {
    private struct State {
        var isServing = false
        var lastProof: ContinuousClock.Instant?
    }

    /// A proof is believed this long, so that probes do not become a load of writes.
    private static let proofLifetime: Duration = .seconds(1)

    private let database: any Database
    private let logger: Logger
    private let state = Mutex(State())

    package init(database: any Database, logger: Logger) {
        self.database = database
        self.logger = logger
    }

    /// Called when migrations are done and the consumers run.
    package func startServing() {
        state.withLock { $0.isServing = true }
    }

    package func stopServing() {
        state.withLock { $0.isServing = false }
    }

    /// - Throws: `Problem` 503.
    func check() async throws {
        let (isServing, lastProof) = state.withLock { ($0.isServing, $0.lastProof) }
        guard isServing else { throw APIError.retryLater("The server is starting or stopping.", seconds: 1) }
        if let lastProof, lastProof.duration(to: .now) < Self.proofLifetime { return }
        do { try await database.checkWritable() } catch {
            logger.error("store does not accept writes", metadata: [LogKey.error: "\(error)"])
            throw APIError.retryLater("The store does not accept writes.", seconds: 5)
        }
        state.withLock { $0.lastProof = .now }
    }
}
