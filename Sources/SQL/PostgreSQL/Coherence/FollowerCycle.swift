import Core

/// What the follower does on one connection. One thread uses it.
final class FollowerCycle {
    private let connection: PostgreSQLConnection
    private let settings: PostgreSQLSettings
    private let log: ChangeLog
    private let lease: CacheLease
    private var renewAt = ContinuousClock.now
    private var pruneAt = ContinuousClock.now.advanced(by: .seconds(Int64.random(in: 30...90)))

    init(_ connection: PostgreSQLConnection, _ settings: PostgreSQLSettings, log: ChangeLog, lease: CacheLease) {
        self.connection = connection
        self.settings = settings
        self.log = log
        self.lease = lease
    }

    var isRenewalDue: Bool { ContinuousClock.now >= renewAt }

    /// Claims the lowest node number that nobody holds, or held until a moment ago.
    func register(by deadline: ContinuousClock.Instant) throws {
        lease.lapse()
        let holder = String(UInt64.random(in: 0 ... .max), radix: 36) + String(UInt64.random(in: 0 ... .max), radix: 36)
        try connection.send("SELECT pg_advisory_xact_lock(\(CoherenceSchema.nodeLock))")
        try connection.send(
            """
            INSERT INTO process_leases (node, holder, position, lease_until, roles, started_at)
            SELECT CAST(n AS SMALLINT), $1, $2, clock_timestamp() + $3 * interval '1 millisecond', $4, clock_timestamp()
            FROM generate_series(0, \(Snowflake.nodeCount - 1)) AS n LEFT JOIN process_leases p ON p.node = n
            WHERE p.node IS NULL OR p.lease_until < clock_timestamp() - interval '2 seconds'
            ORDER BY n LIMIT 1
            ON CONFLICT (node) DO UPDATE SET holder = excluded.holder, position = excluded.position,
                lease_until = excluded.lease_until, roles = excluded.roles, started_at = excluded.started_at
            RETURNING node
            """, [.text(holder), .integer(log.position), .integer(leaseMilliseconds), .text(settings.roles)])
        try connection.sync()
        let answers = try connection.receive(by: deadline).get()
        guard let row = answers.last, row.rowCount == 1 else {
            throw SQLError(.unavailable, "all \(Snowflake.nodeCount) node numbers are in use")
        }
        log.set(NodeClaim(node: Int(clamping: row.row(0).int64(0)), holder: holder))
    }

    func listen(by deadline: ContinuousClock.Instant) throws {
        _ = try connection.run("LISTEN \(CoherenceSchema.channel)", by: deadline)
        renewAt = .now
    }

    /// A process that has just started has nothing in memory that could be stale.
    func beginAtHead(by deadline: ContinuousClock.Instant) throws {
        let head = try connection.run("SELECT coalesce(max(change_offset), 0) FROM change_log", by: deadline)
        log.begin(at: head.row(0).int64(0))
    }

    /// Reads what is new; before that, where `renews` says so, tells how far this process is and extends its lease.
    func run(renews: Bool, by deadline: ContinuousClock.Instant) throws -> ChangeLog.Reading {
        if !log.knowsEvents { try lookForEvents(by: deadline) }
        if log.mustVerify { try verify(by: deadline) }
        let asked = CacheLease.now
        if renews { try sendRenewal() }
        try log.sendReading(on: connection)
        try connection.sync()
        let renewal = renews ? try connection.receive(by: deadline).get() : []
        guard let answer = try connection.receive(by: deadline).get().last else { throw connection.lost() }
        let reading = log.apply(answer)
        if renews { try note(renewal, asked: asked, isComplete: reading.isComplete, by: deadline) }
        if reading.restricts { renewAt = .now }
        if ContinuousClock.now >= pruneAt { try prune(by: deadline) }
        return reading
    }

    private func sendRenewal() throws {
        let claim = log.nodeClaim
        try connection.send(
            """
            UPDATE process_leases SET position = $1, lease_until = clock_timestamp() + $2 * interval '1 millisecond'
            WHERE node = $3 AND holder = $4
            """,
            [
                .integer(log.position), .integer(leaseMilliseconds), .integer(Int64(claim?.node ?? -1)),
                .text(claim?.holder ?? ""),
            ])
        try connection.sync()
    }

    /// What was committed before the reading is applied now, so memory may be trusted for as long as others wait.
    private func note(
        _ renewal: [PostgreSQLResult], asked: UInt64, isComplete: Bool, by deadline: ContinuousClock.Instant
    ) throws {
        guard renewal.last?.rowsAffected == 1 else { return try register(by: deadline) }
        renewAt = .now.advanced(by: settings.leaseRenewal)
        guard isComplete, !log.mustVerify else { return }
        let trusted = settings.leaseDuration - settings.leaseMargin
        lease.extend(until: asked &+ UInt64(max(0, trusted / .nanoseconds(1))))
    }

    /// After a promotion: whether the server has the newest change that was applied here, or has forgotten it in order.
    /// - Throws: `HistoryLost` where it has not: then what this process knows is of commits that are no more.
    private func verify(by deadline: ContinuousClock.Instant) throws {
        if let mark = log.newestMark {
            let answer = try connection.run(
                """
                SELECT pruned_through, coalesce((
                    SELECT \(ChangeLog.writtenAt) FROM change_log WHERE change_offset = \(mark.offset)), 0)
                FROM change_log_retention
                """, by: deadline)
            guard answer.rowCount == 1 else { throw HistoryLost() }
            let row = answer.row(0)
            guard row.int64(0) >= mark.offset || row.int64(1) == mark.writtenAt else { throw HistoryLost() }
        }
        log.accept()
    }

    private func lookForEvents(by deadline: ContinuousClock.Instant) throws {
        let answer = try connection.run("SELECT to_regclass('outbox') IS NOT NULL", by: deadline)
        if answer.row(0).flag(0) { log.noteEvents() }
    }

    /// Until there is something new, the moment comes, or the bell rings.
    func rest(until end: ContinuousClock.Instant, or bell: WakePipe) throws {
        let end = min(end, renewAt)
        _ = try connection.awaitNotification(until: end, or: bell.reader)
        bell.clear()
    }

    func release(by deadline: ContinuousClock.Instant) throws {
        guard let claim = log.nodeClaim else { return }
        _ = try connection.run(
            "UPDATE process_leases SET lease_until = clock_timestamp() WHERE node = $1 AND holder = $2",
            [.integer(Int64(claim.node)), .text(claim.holder)], by: deadline)
    }

    /// Forgets changes that every live process has applied, once they are old.
    private func prune(by deadline: ContinuousClock.Instant) throws {
        pruneAt = .now.advanced(by: .seconds(Int64.random(in: 30...90)))
        try connection.send(
            """
            UPDATE change_log_retention SET pruned_through = greatest(pruned_through, coalesce((
                SELECT max(change_offset) FROM change_log
                WHERE written_at < clock_timestamp() - $1 * interval '1 second' AND change_offset <= (
                    SELECT coalesce(min(position), 0) FROM process_leases WHERE lease_until > clock_timestamp())), 0))
            WHERE id = 1
            """, [.integer(Limits.changeLogRetention.components.seconds)])
        try connection.send(
            """
            DELETE FROM change_log
            WHERE change_offset <= (SELECT pruned_through FROM change_log_retention WHERE id = 1)
            """)
        try connection.sync()
        _ = try connection.receive(by: deadline).get()
    }

    private var leaseMilliseconds: Int64 { Int64(settings.leaseDuration / .milliseconds(1)) }
}

/// The server that was promoted lacks commits that were acknowledged by the one before.
struct HistoryLost: Error {}
