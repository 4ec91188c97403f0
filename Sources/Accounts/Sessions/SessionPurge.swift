import Core
import EventLog
import SQL
import ServiceLifecycle
import Telemetry

/// Deletes sessions, refresh tokens and signing keys that have expired, hourly and in batches.
package struct SessionPurge: Service {
    private static let pause: Duration = .seconds(3600)

    private let database: any Database
    private let authority: TokenAuthority
    private let clock: WallClock
    private let logger: Logger

    package init(database: any Database, authority: TokenAuthority, clock: WallClock, logger: Logger) {
        self.database = database
        self.authority = authority
        self.clock = clock
        self.logger = logger
    }

    package func run() async throws {
        await Upkeep.run("purge expired sessions", every: Self.pause, logger: logger) { try await purge() }
    }

    /// Deletes all that has expired by now.
    package func purge() async throws {
        try await authority.removeExpiredKeys()
        let now = clock.now()
        try await purge(
            finding: "SELECT id FROM sessions WHERE expires_at <= $1 LIMIT $2", at: now,
            deleting: [
                """
                DELETE FROM refresh_tokens WHERE session_id IN (
                    SELECT id FROM sessions WHERE id IN (SELECT value FROM list($1)) AND expires_at <= $2)
                """,
                "DELETE FROM sessions WHERE id IN (SELECT value FROM list($1)) AND expires_at <= $2",
            ])
        try await purge(
            finding: "SELECT DISTINCT session_id FROM refresh_tokens WHERE expires_at <= $1 LIMIT $2", at: now,
            deleting: [
                "DELETE FROM refresh_tokens WHERE session_id IN (SELECT value FROM list($1)) AND expires_at <= $2"
            ])
    }

    /// - Parameters:
    ///   - query: given a moment and a limit, the sessions concerned. A reader runs it, so that its scan holds up no
    ///     writer.
    ///   - statements: given those sessions and the moment.
    private func purge(finding query: String, at now: Int64, deleting statements: [String]) async throws {
        while true {
            let ids = try await database.read { store in
                try store.query(query, [.integer(now), .integer(Int64(Limits.expiredRowsBatchMax))]) { $0.int64(0) }
            }
            guard !ids.isEmpty else { return }
            let deletions = statements.map { Statement($0, [.list(ids), .integer(now)]) }
            _ = try await database.commit(deletions, announcing: [])
        }
    }
}
