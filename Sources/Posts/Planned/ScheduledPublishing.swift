import Accounts
import Core
import EventLog
import Logging
import SQL
import ServiceLifecycle

/// Publishes scheduled posts at their time, each once: a post and the end of its plan are one transaction, so that neither a
/// crash nor two processes that believe that it is their turn publish it twice.
package struct ScheduledPublishing: Service {
    private let posts: PostService
    /// Held by the process that does this; nil where there is only one.
    private let lease: WorkLease?
    private let clock: WallClock
    private let logger: Logger

    package init(posts: PostService, lease: WorkLease? = nil, clock: WallClock, logger: Logger) {
        self.posts = posts
        self.lease = lease
        self.clock = clock
        self.logger = logger
    }

    package func run() async throws {
        await Upkeep.run("publish scheduled posts", every: Limits.publishingPause, logger: logger) {
            if lease == nil || lease?.epoch != nil { try await publishDue() }
        }
    }

    /// Publishes what is due by now. What may not be published stays with the reason.
    package func publishDue() async throws {
        while true {
            let now = clock.now()
            let due = try await posts.database.read { try PlannedRows.due(now: now, $0) }
            for planned in due { try await settle(planned) }
            if due.count < Limits.plannedPostsAtOnce { return }
        }
    }

    private func settle(_ planned: PlannedPost) async throws {
        do { _ = try await posts.publish(planned) } catch is PlannedRows.Stale {
            // Its author changed it, or another process was first.
        } catch {
            guard let failure = PlannedPost.Failure(error) else { throw error }
            logger.info("scheduled post refused", metadata: ["reason": "\(failure.name)"])
            let now = clock.now()
            try await posts.database.write { try PlannedRows.fail(planned, failure, now: now, $0) }
        }
    }
}
