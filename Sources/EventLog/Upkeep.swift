import ServiceLifecycle
import Telemetry

/// Work that comes round: at once, then after each pause, until shutdown.
package enum Upkeep {
    /// A failure is logged and tried again after the next pause. Returns on graceful shutdown and on cancellation.
    /// - Parameter what: for the log, such as `outbox pruned`.
    package static func run(
        _ what: String, every pause: Duration, logger: Logger, _ work: @Sendable () async throws -> Void
    ) async {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do { try await work() } catch is CancellationError { return } catch {
                logger.warning("upkeep failed", metadata: ["task": "\(what)", LogKey.error: "\(error)"])
            }
            do { try await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) } } catch { return }
        }
    }
}
