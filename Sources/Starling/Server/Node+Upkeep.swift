import Accounts
import Core
import EventLog
import Exports
import HTTPAPI
import Logging
import Posts
import SQL
import ServiceLifecycle
import Timelines

extension Node {
    /// What forgets rows that count no more.
    static func purges(_ database: any Database, _ posts: PostService, logger: Logger) -> [any Service] {
        let limiter = StoredRateLimiter(database: database)
        return [
            UpkeepService("purge idempotency keys", every: .seconds(3_600), logger: logger) {
                try await posts.commands.purge()
            },
            UpkeepService("purge views", every: .seconds(60), logger: logger) { try await posts.purgeViews() },
            UpkeepService("forget rate limits", every: .seconds(60), logger: logger) { try await limiter.purge() },
        ]
    }

    /// What sets counters right that differ from their rows.
    static func reconciliation(_ engines: Engines, clock: WallClock, logger: Logger) -> [any Service] {
        let database = engines.database
        let lease = WorkLease("counter-reconciliation", holder: engines.holder, database: database, logger: logger)
        return [
            lease, CounterReconciliation(database: database, lease: lease, clock: clock, logger: logger),
        ]
    }

    /// Without a bucket archives lie on the disk of the process that makes them.
    static func archivePlace(_ settings: ServerSettings) -> ArchivePlace {
        guard settings.engines.isShared, settings.engines.mediaURL == nil else { return .shared }
        return settings.roles.contains(.upkeep) ? .own : .elsewhere
    }

    static func warnOfArchives(_ settings: ServerSettings, logger: Logger) {
        guard !settings.isCommand, settings.roles.contains(.api), archivePlace(settings) == .elsewhere else { return }
        logger.warning("archives of accounts are refused: without upkeep this process needs --media-url to reach them")
    }

    /// Where archives of accounts can lie, what makes them.
    static func exports(
        _ engines: Engines, settings: ServerSettings, clock: WallClock, logger: Logger
    ) -> [any Service] {
        guard let blobs = engines.blobs else { return [] }
        let lease = WorkLease("exports", holder: engines.holder, database: engines.database, logger: logger)
        return [
            lease,
            ExportWork(
                database: engines.database, blobs: blobs, lease: lease, lifetime: settings.exportLifetime, clock: clock,
                logger: logger),
        ]
    }
}
