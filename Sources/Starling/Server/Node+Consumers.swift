import EventLog
import Logging
import ServiceLifecycle

extension Node {
    /// The services that do the work of consumer groups. Several processes share a group by its lease, or by Kafka's partitions.
    /// Where all of them are left to other processes, there are none, and only dead letters are replayed here.
    static func run(
        _ consumers: [any EventConsumer], _ engines: Engines, eventLog: EventLog, settings: ServerSettings,
        logger: Logger
    ) async throws -> [any Service] {
        var services: [any Service] = []
        for consumer in consumers {
            guard !engines.leavesEvents else {
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
