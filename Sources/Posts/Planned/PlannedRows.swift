import Accounts
import Core
import EventLog
import SQL

/// Reads and writes of the table of planned posts.
enum PlannedRows {
    /// What is planned was changed or published meanwhile.
    struct Stale: Error {}

    private static let columns = """
        planned_id, account_id, content, visibility, share_policy, reply_to, quote_of, poll_options, poll_multiple,
        poll_hides_totals, poll_seconds, scheduled_at, failure, created_at, updated_at, version
        """

    static func find(
        _ id: ID<PlannedPost>, of author: ID<Account>, _ kind: PlannedPost.Kind, _ store: any SQLReader
    ) throws -> PlannedPost? {
        try store.first(
            "SELECT \(columns) FROM planned_posts WHERE account_id = $1 AND planned_id = $2 AND kind = $3",
            key(id, author) + [.integer(kind.rawValue)], row: post)
    }

    /// The newest first.
    static func page(
        of author: ID<Account>, _ kind: PlannedPost.Kind, before: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [PlannedPost] {
        try store.query(
            """
            SELECT \(columns) FROM planned_posts WHERE account_id = $1 AND kind = $2 AND planned_id < $3
            ORDER BY planned_id DESC LIMIT $4
            """,
            [
                .integer(author.rawValue), .integer(kind.rawValue), .integer(before), .integer(Int64(limit)),
            ], row: post)
    }

    static func count(of author: ID<Account>, _ kind: PlannedPost.Kind, _ store: any SQLReader) throws -> Int64 {
        try store.integer(
            "SELECT count(*) FROM planned_posts WHERE account_id = $1 AND kind = $2",
            [.integer(author.rawValue), .integer(kind.rawValue)])
    }

    /// What waits to be published by now, the longest waiting first.
    static func due(now: Int64) -> Statement {
        Statement(
            """
            SELECT \(columns) FROM planned_posts WHERE kind = 1 AND state = 0 AND scheduled_at <= $1
            ORDER BY scheduled_at LIMIT $2
            """, [.integer(now), .integer(Int64(Limits.plannedPostsAtOnce))])
    }

    static func due(now: Int64, _ store: any SQLReader) throws -> [PlannedPost] {
        let query = due(now: now)
        return try store.query(query.sql, query.arguments, row: post)
    }

    static func insert(
        _ draft: PostDraft, at time: Int64?, id: ID<PlannedPost>, of author: ID<Account>, now: Int64,
        _ store: any SQLWriter
    ) throws {
        try store.execute(
            """
            INSERT INTO planned_posts (account_id, planned_id, kind, content, visibility, share_policy, reply_to, quote_of,
                poll_options, poll_multiple, poll_hides_totals, poll_seconds, scheduled_at, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)
            """,
            key(id, author) + [.integer(time == nil ? 0 : 1)] + values(of: draft) + [.integer(time), .integer(now)])
    }

    /// Puts something else in its place, which waits anew where it had failed.
    /// - Returns: whether it was there.
    static func replace(
        _ id: ID<PlannedPost>, of author: ID<Account>, with draft: PostDraft, at time: Int64?, now: Int64,
        _ store: any SQLWriter
    ) throws -> Bool {
        try endRejection(id, of: author, now: now, store)
        return try store.execute(
            """
            UPDATE planned_posts SET content = $4, visibility = $5, share_policy = $6, reply_to = $7, quote_of = $8,
                poll_options = $9, poll_multiple = $10, poll_hides_totals = $11, poll_seconds = $12, scheduled_at = $13,
                updated_at = $14, version = version + 1, state = 0, failure = NULL
            WHERE account_id = $1 AND planned_id = $2 AND kind = $3
            """,
            key(id, author) + [.integer(time == nil ? 0 : 1)] + values(of: draft) + [.integer(time), .integer(now)]
        ) > 0
    }

    static func delete(
        _ id: ID<PlannedPost>, of author: ID<Account>, _ kind: PlannedPost.Kind, now: Int64, _ store: any SQLWriter
    ) throws -> Bool {
        try endRejection(id, of: author, now: now, store)
        return try store.execute(
            "DELETE FROM planned_posts WHERE account_id = $1 AND planned_id = $2 AND kind = $3",
            key(id, author) + [.integer(kind.rawValue)]) > 0
    }

    /// Takes a planned post away with the transaction that publishes it: as it was read, and once.
    static func take(_ planned: PlannedPost) -> Statement {
        Statement(
            "DELETE FROM planned_posts WHERE account_id = $1 AND planned_id = $2 AND version = $3 AND state = 0",
            key(planned.id, planned.author) + [.integer(planned.version)], expecting: .rows(1, otherwise: Stale()))
    }

    /// Keeps one that was refused with the reason, and tells of it; not where it was changed meanwhile.
    static func fail(
        _ planned: PlannedPost, _ failure: PlannedPost.Failure, now: Int64, _ store: any SQLWriter
    ) throws {
        let failed = try store.execute(
            """
            UPDATE planned_posts SET state = 1, failure = $4
            WHERE account_id = $1 AND planned_id = $2 AND version = $3 AND state = 0
            """, key(planned.id, planned.author) + [.integer(planned.version), .integer(failure.rawValue)])
        guard failed == 1 else { return }
        try tell(.postRejected, planned.id, of: planned.author, flags: failure.rawValue, now: now, store)
    }

    /// Takes back what was told of one that had failed.
    private static func endRejection(
        _ id: ID<PlannedPost>, of author: ID<Account>, now: Int64, _ store: any SQLWriter
    ) throws {
        let failed = try store.integer(
            "SELECT count(*) FROM planned_posts WHERE account_id = $1 AND planned_id = $2 AND state = 1",
            key(id, author))
        if failed > 0 { try tell(.postRejectionEnded, id, of: author, now: now, store) }
    }

    private static func tell(
        _ kind: EventKind, _ id: ID<PlannedPost>, of author: ID<Account>, flags: Int64 = 0, now: Int64,
        _ store: any SQLWriter
    ) throws {
        try Outbox.append(
            Event(kind, key: author.rawValue, subject: id.rawValue, flags: flags, occurredAt: now), in: store)
        store.announce(.eventsAppended)
    }

    private static func key(_ id: ID<PlannedPost>, _ author: ID<Account>) -> [SQLValue] {
        [.integer(author.rawValue), .integer(id.rawValue)]
    }

    private static func values(of draft: PostDraft) -> [SQLValue] {
        let options = draft.poll?.options.joined(separator: "\n")
        return [
            .text(draft.content.text), .integer(draft.visibility.rawValue), .integer(draft.sharePolicy.rawValue),
            .integer(draft.replyTo?.rawValue), .integer(draft.quoteOf?.rawValue), options.map { .text($0) } ?? .null,
            .integer(draft.poll?.isMultiple == true ? 1 : 0), .integer(draft.poll?.hidesTotals == true ? 1 : 0),
            .integer(draft.poll?.seconds ?? 0),
        ]
    }

    private static func post(_ row: any SQLRow) -> PlannedPost {
        var draft = PostDraft(
            content: PostContent(stored: row.text(2)), visibility: Visibility(rawValue: row.int64(3)) ?? .author,
            replyTo: row.optionalInt64(5).map { ID($0) })
        draft.sharePolicy = SharePolicy(rawValue: row.int64(4)) ?? .nobody
        draft.quoteOf = row.optionalInt64(6).map { ID($0) }
        if !row.isNull(7) {
            draft.poll = PollDraft(
                stored: PollRows.options(row.text(7)), isMultiple: row.flag(8), hidesTotals: row.flag(9),
                seconds: row.int64(10))
        }
        return PlannedPost(
            id: row.id(0), author: row.id(1), draft: draft, scheduledAt: row.optionalInt64(11),
            failure: row.optionalInt64(12).flatMap { PlannedPost.Failure(rawValue: $0) }, createdAt: row.int64(13),
            updatedAt: row.int64(14), version: row.int64(15))
    }
}
