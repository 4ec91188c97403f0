import Core
import SQL

extension AccountService {
    /// How exact `last_active_at` is.
    package static let activityResolution: Duration = .seconds(3600)

    /// Notes that these accounts were used now. Those noted within the last hour stay as they are.
    package func touchActive(_ ids: [ID<Account>]) async throws {
        guard !ids.isEmpty else { return }
        let now = clock.now()
        _ = try await database.commit(
            [
                Statement(
                    """
                    UPDATE users SET last_active_at = $2
                    WHERE id IN (SELECT value FROM list($1)) AND (last_active_at IS NULL OR last_active_at <= $3)
                    """,
                    [
                        .list(ids.map(\.rawValue)), .integer(now),
                        .integer(now - Self.activityResolution.milliseconds),
                    ])
            ], announcing: [])
    }
}
