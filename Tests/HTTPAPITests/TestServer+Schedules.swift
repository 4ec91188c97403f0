import Core
import Logging
import Posts
import Telemetry

@testable import HTTPAPI

extension TestServer {
    /// Publishes the scheduled posts whose time has come, and waits until that has had its effect.
    func publishDue() async throws {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        try await ScheduledPublishing(posts: services.posts, clock: clock.wall, logger: logger).publishDue()
        try await drained()
    }

    /// A moment so many seconds ahead, as requests have it.
    func time(in seconds: Int64) -> String {
        Timestamp.string(clock.wall.now() + seconds * 1_000)
    }

    /// Closes the polls whose time has come, and waits until that has had its effect.
    func closePolls() async throws {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        try await PollClosing(database: database, clock: clock.wall, logger: logger).closeDue()
        try await drained()
    }
}
