import Accounts
import Core
import EventLog
import Logging
import SQL
import ServiceLifecycle

/// Closes polls at their time, once, and tells of it: their authors at once, then those who voted, some with each event.
///
/// Each step is a transaction that goes on from what the row says, so that it neither repeats nor skips after a crash, nor
/// where two processes believe that it is their turn.
package struct PollClosing: Service {
    private let database: any Database
    /// Held by the process that does this; nil where there is only one.
    private let lease: WorkLease?
    private let clock: WallClock
    private let logger: Logger

    package init(database: any Database, lease: WorkLease? = nil, clock: WallClock, logger: Logger) {
        self.database = database
        self.lease = lease
        self.clock = clock
        self.logger = logger
    }

    package func run() async throws {
        await Upkeep.run("close polls", every: Limits.pollClosingPause, logger: logger) {
            if lease == nil || lease?.epoch != nil { try await closeDue() }
        }
    }

    private struct Due: Sendable {
        let post: ID<Post>
        let stage: Int64
    }

    /// Closes what is due by now, and tells all whose turn it is.
    package func closeDue() async throws {
        while true {
            let now = clock.now()
            let due = try await database.read { try Self.due(now: now, $0) }
            for poll in due {
                try await database.write { store in
                    if poll.stage == 0 {
                        try Self.close(poll.post, now: now, store)
                    } else {
                        try Self.tellVoters(of: poll.post, now: now, store)
                    }
                }
            }
            if due.isEmpty { return }
        }
    }

    /// Votes that were under way when a poll closed are let arrive before voters are told.
    static func due(now: Int64) -> Statement {
        Statement(
            """
            SELECT post_id, stage FROM polls
            WHERE stage < 2 AND closes_at <= $1 AND (stage = 0 OR closes_at <= $2) ORDER BY closes_at LIMIT $3
            """,
            [
                .integer(now), .integer(now - Limits.pollGraceMilliseconds), .integer(Int64(Limits.pollsClosedAtOnce)),
            ])
    }

    private static func due(now: Int64, _ store: any SQLReader) throws -> [Due] {
        let query = due(now: now)
        return try store.query(query.sql, query.arguments) { Due(post: $0.id(0), stage: $0.int64(1)) }
    }

    private static func close(_ post: ID<Post>, now: Int64, _ store: any SQLWriter) throws {
        let key = PollRows.key(post)
        let closed = try store.execute(
            "UPDATE polls SET stage = 1 WHERE bucket = $1 AND post_id = $2 AND stage = 0", key)
        guard closed == 1 else { return }
        try tell([], of: post, now: now, store)
    }

    private static func tellVoters(of post: ID<Post>, now: Int64, _ store: any SQLWriter) throws {
        let key = PollRows.key(post)
        let through = try store.first(
            "SELECT told_through FROM polls WHERE bucket = $1 AND post_id = $2 AND stage = 1", key
        ) { $0.int64(0) }
        guard let through else { return }
        let voters = try store.query(
            """
            SELECT account_id FROM poll_votes WHERE bucket = $1 AND post_id = $2 AND account_id > $3
            ORDER BY account_id LIMIT $4
            """, key + [.integer(through), .integer(Int64(Limits.pollVotersTold))]
        ) { $0.int64(0) }
        let isLast = voters.count < Limits.pollVotersTold
        try store.execute(
            "UPDATE polls SET told_through = $3, stage = $4 WHERE bucket = $1 AND post_id = $2",
            key + [.integer(voters.last ?? through), .integer(isLast ? 2 : 1)])
        if !voters.isEmpty { try tell(voters, of: post, now: now, store) }
    }

    /// - Parameter voters: none for the author.
    private static func tell(
        _ voters: [Int64], of post: ID<Post>, now: Int64, _ store: any SQLWriter
    ) throws {
        let row = try store.first(
            "SELECT author_id, position FROM polls WHERE bucket = $1 AND post_id = $2", PollRows.key(post)
        ) { (author: $0.int64(0), position: $0.int64(1)) }
        guard let row else { return }
        try Outbox.append(
            Event(
                .pollClosed, key: row.author, subject: post.rawValue, position: row.position, list: voters,
                occurredAt: now), in: store)
        // The counts are for everyone now.
        if voters.isEmpty { store.announce(.postCounters([row.position])) }
    }
}

extension Limits {
    package static let pollClosingPause: Duration = .seconds(1)
    package static let pollsClosedAtOnce = 50
    /// Voters that one event tells of a poll's end.
    package static let pollVotersTold = 500
    package static let pollGraceMilliseconds: Int64 = 2_000
}
