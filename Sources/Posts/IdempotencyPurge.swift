import Logging
import ServiceLifecycle
import Telemetry

/// Forgets idempotency keys past their lifetime, hourly.
package struct IdempotencyPurge: Service {
    private let posts: PostService
    private let logger: Logger

    package init(posts: PostService, logger: Logger) {
        self.posts = posts
        self.logger = logger
    }

    package func run() async throws {
        while !Task.isShuttingDownGracefully {
            do { try await posts.purgeIdempotencyKeys() } catch is CancellationError { return } catch {
                logger.warning("idempotency keys not purged", metadata: [LogKey.error: "\(error)"])
            }
            guard (try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(3600)) }) != nil else {
                return
            }
        }
    }
}
