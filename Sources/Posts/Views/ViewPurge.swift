import EventLog
import Logging
import ServiceLifecycle

/// Forgets who saw which post long ago, every minute.
package struct ViewPurge: Service {
    private let posts: PostService
    private let logger: Logger

    package init(posts: PostService, logger: Logger) {
        self.posts = posts
        self.logger = logger
    }

    package func run() async throws {
        await Upkeep.run("purge views", every: .seconds(60), logger: logger) { try await posts.purgeViews() }
    }
}
