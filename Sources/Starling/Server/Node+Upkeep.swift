import Accounts
import Core
import EventLog
import Exports
import HTTPAPI
import Logging
import Posts
import SQL
import ServiceLifecycle

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
