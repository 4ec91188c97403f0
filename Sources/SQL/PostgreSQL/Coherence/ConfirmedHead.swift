import Core
import Synchronization

/// How much of the log a synchronous standby has, too.
struct ConfirmedHead {
    /// The newest offset that is safe.
    private(set) var offset: Int64 = 0
    /// Offsets that were the newest when the server's log of changes stood at a place, oldest first.
    private var pending: [(place: Int64, offset: Int64)] = []

    /// - Parameters:
    ///   - newest: the newest event in the store.
    ///   - place: where the server's write-ahead log stood then, or later.
    ///   - flushed: how far the standbys have written it; nil where there are none to wait for.
    mutating func note(newest: Int64, place: Int64, flushed: Int64?) {
        guard let flushed else {
            pending = []
            offset = max(offset, newest)
            return
        }
        if pending.last?.offset != newest, newest > offset { pending.append((place, newest)) }
        let safe = pending.prefix { $0.place <= flushed }
        offset = max(offset, safe.last?.offset ?? 0)
        pending.removeFirst(safe.count)
        // With a standby that is away for long, the oldest and the newest say enough.
        if pending.count > 1_024 {
            pending = pending.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
        }
    }
}

extension PostgreSQLDatabase {
    /// With a synchronous standby a commit is visible only once the standby has it, except where an operator or a
    /// cancelled wait let it through; so the standbys are asked.
    /// - Throws: `SQLError.other` where this role may not see how far they are.
    package func confirmedHead() async throws -> Int64 {
        let (newest, place, flushed, blindRole) = try await read { store in
            try store.first(Self.confirmation) { row in
                (
                    row.int64(0), row.int64(1), row.flag(2) ? row.optionalInt64(3) ?? 0 : nil,
                    row.flag(2) && !row.flag(4) ? row.text(5) : nil
                )
            } ?? (0, 0, nil, nil)
        }
        if let blindRole {
            throw SQLError(
                .other,
                "PostgreSQL has synchronous standbys, and hides from this role how far they are, so nothing can be "
                    + "published; give it, as a superuser: GRANT pg_read_all_stats TO \(blindRole);")
        }
        return confirmed.withLock { head in
            head.note(newest: newest, place: place, flushed: flushed)
            return head.offset
        }
    }

    /// With `ANY n (…)` the n-th of those that are furthest counts, else the slowest that is synchronous. To a role that may
    /// not see them standbys are rows of nulls, which would look like standbys that are away.
    private static let confirmation = """
        SELECT (SELECT coalesce(max(event_offset), 0) FROM outbox),
            CAST(pg_current_wal_insert_lsn() - '0/0' AS BIGINT),
            current_setting('synchronous_standby_names') <> '',
            coalesce(
                (SELECT CAST(min(flush_lsn) - '0/0' AS BIGINT) FROM pg_stat_replication WHERE sync_state = 'sync'),
                (SELECT CAST(flush_lsn - '0/0' AS BIGINT) FROM pg_stat_replication WHERE sync_state = 'quorum'
                ORDER BY flush_lsn DESC LIMIT 1 OFFSET greatest(0, coalesce(CAST(substring(
                    current_setting('synchronous_standby_names') FROM 'ANY +([0-9]+)') AS BIGINT), 1) - 1))),
            pg_has_role(current_user, 'pg_read_all_stats', 'usage')
                AND NOT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state IS NULL),
            quote_ident(current_user)
        """
}
