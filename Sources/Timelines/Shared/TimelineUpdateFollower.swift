import Core
import EventLog
import Logging
import Redis
import SQL
import ServiceLifecycle
import Synchronization

/// Listens to what fan-out tells, for as long as the process answers requests.
///
/// Fan-out is heard at least every half second. After a longer silence either it does nothing, or this process does not hear
/// it; timelines in memory are out of use until it is heard again.
package final class TimelineUpdateFollower: Service {
    private static let silenceMax: Duration = .seconds(3)

    private let updates: TimelineUpdates
    private let redis: Redis
    private let database: any Database
    private let logger: Logger
    private let heardAt = Mutex(ContinuousClock.now)

    package init(updates: TimelineUpdates, redis: Redis, database: any Database, logger: Logger) {
        self.updates = updates
        self.redis = redis
        self.database = database
        self.logger = logger
    }

    package func run() async throws {
        let subscription = redis.subscribe(to: [TimelineUpdate.channel])
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await self.watch() }
            tasks.addTask { await self.listen(to: subscription) }
            await withGracefulShutdownHandler {
                await tasks.next()
            } onGracefulShutdown: {
                subscription.close()
            }
            tasks.cancelAll()
        }
    }

    private func listen(to subscription: RedisSubscription) async {
        for await event in subscription {
            heardAt.withLock { $0 = .now }
            switch event {
            case .gap:
                updates.broke()
                await begin()
            case .message(_, let payload):
                if !updates.isFollowing { await begin() }
                updates.received(payload)
            }
        }
    }

    /// Everything from here on is heard; the store tells what was before.
    private func begin() async {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do {
                updates.began(through: try await EventLog.storedOffset(of: FanOutWork.group, in: database))
                return
            } catch {
                logger.warning("timelines not followed yet", metadata: ["error": "\(error)"])
                do { try await Task.sleep(for: .milliseconds(200)) } catch { return }
            }
        }
    }

    private func watch() async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: .milliseconds(500)) } catch { return }
            if heardAt.withLock({ $0.duration(to: .now) }) > Self.silenceMax { updates.broke() }
        }
    }
}
