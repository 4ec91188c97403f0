import Accounts
import Core
import Engagement
import EventLog
import Logging
import Posts
import SQL
import ServiceLifecycle

extension Node {
    /// What keeps counters and removes what hangs on deleted things.
    static func upkeepConsumers(_ engines: Engines, clock: WallClock) -> [any EventConsumer] {
        let dialect = engines.database.dialect
        return [
            AccountCountersConsumer(), PostCountersConsumer(dialect: dialect), DeletedAccountsConsumer(clock: clock),
            ReactionCountersConsumer(dialect: dialect), EngagementDeletionConsumer(dialect: dialect, clock: clock),
            PostStatsConsumer(),
        ]
    }

    /// The services that do the work of a role's consumer groups. Several processes share a group by its lease, or by Kafka's
    /// partitions. Where they are left to other processes, there are none, and only dead letters are replayed here.
    static func run(
        _ consumers: [any EventConsumer], of role: RoleName, _ engines: Engines, eventLog: EventLog,
        settings: ServerSettings, logger: Logger
    ) async throws -> [any Service] {
        var services: [any Service] = []
        for consumer in consumers {
            guard settings.roles.contains(role), !engines.leavesEvents else {
                eventLog.addGuest(consumer)
                continue
            }
            if let topics = engines.kafka {
                services.append(eventLog.add(consumer, from: topics))
                continue
            }
            let lease =
                settings.engines.isShared
                ? WorkLease(consumer.group, holder: engines.holder, database: engines.database, logger: logger) : nil
            let runner = eventLog.add(consumer, under: lease)
            if let lease { services.append(lease) } else { try await runner.prepare() }
            services.append(runner)
        }
        return services
    }
}
