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

/// Upkeep that runs beside everything else, for work that needs no more than a turn now and then.
package struct UpkeepService: Service {
    private let what: String
    private let pause: Duration
    private let logger: Logger
    private let work: @Sendable () async throws -> Void

    package init(
        _ what: String, every pause: Duration, logger: Logger, _ work: @escaping @Sendable () async throws -> Void
    ) {
        self.what = what
        self.pause = pause
        self.logger = logger
        self.work = work
    }

    package func run() async throws {
        await Upkeep.run(what, every: pause, logger: logger, work)
    }
}
