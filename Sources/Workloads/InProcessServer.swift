import Accounts
import Core
import Engagement
import EventLog
import Foundation
import HTTPAPI
import KeyValue
import Logging
import Notifications
import Metrics
import Posts
import SQL
import SocialGraph
import Telemetry
import Timelines

/// A server without a network, wired as the executable wires it, on a store of its own in a temporary folder.
///
/// Its time of day moves only when told to, and its consumers run only in `drain`, so that a run repeats itself.
final class InProcessServer: Sendable {
    static let pullThreshold: Int64 = 100
    private static let logger = Logger(label: "workloads", factory: { _ in SwiftLogNoOpLogHandler() })
    /// Metrics cost something on every path, so they count here as they do in a server.
    private static let metrics: MetricsRegistry = {
        let registry = MetricsRegistry()
        MetricsSystem.bootstrap(registry)
        return registry
    }()

    let services: APIServices
    let database: SQLiteDatabase
    let clock: SteppedClock
    private let api: API
    private let eventLog: EventLog
    private let runners: [ConsumerRunner]

    /// Opens a new store and wires everything on top.
    init() async throws {
        let metrics = Self.metrics
        database = try SQLiteDatabase(path: try TemporaryFolder.make().appending(path: "store.sqlite").path)
        let features =
            AccountSchema.migrations + GraphSchema.migrations + PostSchema.migrations + EngagementSchema.migrations
            + NotificationSchema.migrations
        try await Migrator(
            [Outbox.migration, Outbox.narrowKeys, IDGenerator.migration, ConsumerWatermarks.migration] + features
        ).migrate(
            database)
        clock = SteppedClock()
        // The caches observe commits, so they come before anything that commits.
        let memory = Memory(database: database, clock: clock.wall)
        eventLog = EventLog(database: database, clock: clock.wall, logger: Self.logger)
        let fanOut = eventLog.add(memory.fanOut(pullThreshold: Self.pullThreshold))
        runners =
            [fanOut] + [
                eventLog.add(AccountCountersConsumer()), eventLog.add(PostCountersConsumer()),
                eventLog.add(DeletedAccountsConsumer(clock: clock.wall)),
            ]
        for runner in runners { try await runner.prepare() }
        services = try await memory.services(logger: Self.logger, fanOutOffset: { fanOut.processed })
        api = API(
            services: services,
            operations: OperationsRoutes(
                readiness: Readiness(database: database, logger: Self.logger), metrics: metrics, metricsToken: nil),
            limits: Self.limits, limiter: MemoryRateLimiter(), logger: Self.logger)
    }

    /// Limits are on, and so wide that nothing here meets them.
    private static var limits: RateLimits {
        var limits = RateLimits()
        limits.userReads = RateLimitRule(name: "user-reads", limit: 1_000_000_000, window: .seconds(60))
        limits.userWrites = RateLimitRule(name: "user-writes", limit: 1_000_000_000, window: .seconds(60))
        return limits
    }

    /// Answers as the server does, from the token to the bytes of the body.
    /// - Throws: `WorkloadError` for any status but 2xx.
    func answer(_ request: APIRequest) async throws -> [UInt8] {
        let response = await api.respond(to: request).response
        guard (200..<300).contains(response.status) else {
            throw WorkloadError(
                "\(request.path) answered \(response.status): \(String(decoding: response.body, as: UTF8.self))")
        }
        return response.body
    }

    /// Answers what is in memory, as each event loop of a server does. For one thread.
    func frontDesk() -> FrontDesk {
        FrontDesk(FrontReception(Responder(api: api, proxies: TrustedProxies(), logger: Self.logger)))
    }

    /// Lets every consumer handle what was committed, one after the other.
    func drain() async throws {
        for runner in runners { try await runner.drain() }
    }
}
