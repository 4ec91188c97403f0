import Core
import Dispatch

/// A connection on a queue of its own, made anew when it was lost.
///
/// Only its own queue touches the connection, which is why this may be sent.
final class PostgreSQLWorker: @unchecked Sendable {
    let queue: DispatchQueue
    let settings: PostgreSQLSettings
    private let purpose: PostgreSQLConnection.Purpose
    private var connection: PostgreSQLConnection?
    private var failures = 0
    private var retryAt = ContinuousClock.now

    init(_ settings: PostgreSQLSettings, for purpose: PostgreSQLConnection.Purpose, label: String) {
        self.settings = settings
        self.purpose = purpose
        queue = DispatchQueue(label: "starling.postgresql.\(label)")
    }

    /// The connection, ready for a new transaction. Called on the worker's queue.
    /// - Throws: `SQLError.unavailable`, at once while the server was unreachable a moment ago.
    func connected() throws -> PostgreSQLConnection {
        if let connection {
            do {
                try connection.settle(by: deadline)
                if connection.isAlive() {
                    try connection.tidy(by: deadline)
                    return connection
                }
            } catch {}
            // It died while it was idle, which harms nobody: nothing was asked of it.
            self.connection = nil
        }
        guard ContinuousClock.now >= retryAt else {
            throw SQLError(.unavailable, "PostgreSQL could not be reached a moment ago")
        }
        do {
            let connection = try PostgreSQLConnection.open(settings, for: purpose)
            self.connection = connection
            failures = 0
            return connection
        } catch {
            retryAt = .now.advanced(by: pause())
            throw error
        }
    }

    /// From 50 ms doubling, each time anything from half of it on, so that workers do not come back all at once.
    private func pause() -> Duration {
        failures = min(failures + 1, 8)
        let longest = min(.milliseconds(25) * (1 << failures), Limits.reconnectPauseMax)
        return longest * Double.random(in: 0.5...1)
    }

    /// When an answer to a statement that is sent now is given up.
    var deadline: ContinuousClock.Instant { .now.advanced(by: settings.statementTimeout + settings.answerGrace) }

    /// Ends a connection that is of no more use at once, since the server may hold locks for it.
    func dropIfLost() {
        if connection?.isLost == true { connection = nil }
    }

    func close() { connection = nil }
}
