import Core
import EventLog
import Logging
import Notifications
import SQL
import ServiceLifecycle

extension Node {
    /// Makes notifications of what happens.
    static func notifications(
        _ engines: Engines, eventLog: EventLog, settings: ServerSettings, clock: WallClock, logger: Logger
    ) async throws -> [any Service] {
        let consumer = NotificationsConsumer(dialect: engines.database.dialect, clock: clock)
        return try await run(
            [consumer], of: .notifications, engines, eventLog: eventLog, settings: settings, logger: logger)
    }
}
