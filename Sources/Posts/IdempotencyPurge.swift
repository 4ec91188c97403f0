import EventLog
import Logging
import ServiceLifecycle

/// Forgets idempotency keys past their lifetime, hourly.
package struct IdempotencyPurge: Service {
    private let posts: PostService
    private let logger: Logger

    package init(posts: PostService, logger: Logger) {
        self.posts = posts
        self.logger = logger
    }

    package func run() async throws {
        await Upkeep.run("purge idempotency keys", every: .seconds(3600), logger: logger) {
            try await posts.purgeIdempotencyKeys()
        }
    }
}
