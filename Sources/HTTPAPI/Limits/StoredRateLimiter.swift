import Core
import KeyValue
import SQL
import Telemetry

/// Rate limits as rows of the store, for what guards logins where several processes serve: one count for all of them, which
/// no lost cache resets. The moment kept for each subject is that of GCRA, as in memory, by the store's clock. Subjects are
/// names and addresses of people: only a hash is kept, and that no longer than it counts.
package struct StoredRateLimiter: Sendable {
    package static let migration = Migration("0014-rate-limits") { _ in
        [
            """
            CREATE TABLE rate_limits (
                rule TEXT NOT NULL, subject TEXT NOT NULL, full_at BIGINT NOT NULL, PRIMARY KEY (rule, subject))
            """,
            "CREATE INDEX rate_limits_by_end ON rate_limits (full_at)",
        ]
    }

    private let database: any Database

    package init(database: any Database) {
        self.database = database
    }

    /// The request passes only if every rule lets it; a refused request is charged to none of them.
    package func take(_ charges: [RateLimitCharge]) async throws -> RateLimitDecision {
        let clock = database.dialect.nowMilliseconds
        return try await database.write { store in
            let now = try store.integer("SELECT \(clock)")
            let ends = try charges.map { charge in
                max(
                    now,
                    try store.integer(
                        "SELECT full_at FROM rate_limits WHERE rule = $1 AND subject = $2",
                        [.text(charge.rule.name), .text(charge.subject.hashedText)]))
            }
            let decision = RateLimitDecision(charges, backlogs: ends.map { ($0 - now) * 1_000_000 })
            guard decision.isAllowed else { return decision }
            for (charge, end) in zip(charges, ends) {
                try store.execute(
                    """
                    INSERT INTO rate_limits (rule, subject, full_at) VALUES ($1, $2, $3)
                    ON CONFLICT (rule, subject) DO UPDATE SET full_at = excluded.full_at
                    """,
                    [
                        .text(charge.rule.name), .text(charge.subject.hashedText),
                        .integer(end + charge.rule.intervalMilliseconds),
                    ])
            }
            return decision
        }
    }

    /// Removes what counts no more.
    package func purge() async throws {
        let clock = database.dialect.nowMilliseconds
        _ = try await database.commit([Statement("DELETE FROM rate_limits WHERE full_at < \(clock)")], announcing: [])
    }
}
