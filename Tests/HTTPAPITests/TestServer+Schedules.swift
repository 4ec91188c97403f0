import Logging
import Posts

extension TestServer {
    /// Closes the polls whose time has come, and waits until that has had its effect.
    func closePolls() async throws {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        try await PollClosing(database: database, clock: clock.wall, logger: logger).closeDue()
        try await drained()
    }
}
