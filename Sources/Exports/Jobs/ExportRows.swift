import Accounts
import Core
import SQL

/// A job as it is stored.
struct ExportJob: Sendable {
    let account: ID<Account>
    let blobKey: String
    let attempts: Int64
}

/// The rows of `exports` and `doomed_blobs`.
enum ExportRows {
    static func find(_ account: ID<Account>, _ store: any SQLReader) throws -> (export: Export, blobKey: String?)? {
        try store.first(
            """
            SELECT state, asked_at, sections_done, items_done, length, finished_at, expires_at, blob_key FROM exports
            WHERE account_id = $1
            """, [.integer(account.rawValue)]
        ) { row in
            (
                Export(
                    state: ExportState(rawValue: row.int64(0)) ?? .failed, askedAt: row.int64(1),
                    sectionsDone: row.int64(2), itemsDone: row.int64(3), length: row.optionalInt64(4),
                    finishedAt: row.optionalInt64(5), expiresAt: row.optionalInt64(6)), row.optionalText(7)
            )
        }
    }

    /// Asks for a new one in place of any there was.
    static func ask(_ account: ID<Account>, at now: Int64, _ store: any SQLWriter) throws {
        try doom(of: account, now: now, store)
        try store.execute(
            """
            INSERT INTO exports (account_id, state, asked_at, due_at) VALUES ($1, 0, $2, $2)
            ON CONFLICT (account_id) DO UPDATE SET state = 0, asked_at = excluded.asked_at, due_at = excluded.due_at,
                attempts = 0, sections_done = 0, items_done = 0, blob_key = NULL, length = NULL, finished_at = NULL,
                expires_at = NULL
            """, [.integer(account.rawValue), .integer(now)])
    }

    /// The archive goes with the next sweep.
    /// - Returns: how many there are.
    @discardableResult
    static func doom(of account: ID<Account>, now: Int64, _ store: any SQLWriter) throws -> Int {
        try store.execute(
            """
            INSERT INTO doomed_blobs (blob_key, doomed_at)
            SELECT blob_key, $2 FROM exports WHERE account_id = $1 AND blob_key IS NOT NULL ON CONFLICT DO NOTHING
            """, [.integer(account.rawValue), .integer(now)])
    }

    /// Takes the oldest job that waits, or that a process left.
    /// - Parameter key: where its archive goes.
    static func claim(key: String, now: Int64, _ store: any SQLWriter) throws -> ExportJob? {
        guard
            let account = try store.first(
                "SELECT account_id FROM exports WHERE state IN (0, 1) AND due_at <= $1 ORDER BY due_at LIMIT 1",
                [.integer(now)], row: { $0.id(0, Account.self) })
        else { return nil }
        try doom(of: account, now: now, store)
        return try store.query(
            """
            UPDATE exports SET state = 1, attempts = attempts + 1, blob_key = $2, sections_done = 0, items_done = 0
            WHERE account_id = $1 RETURNING attempts
            """, [.integer(account.rawValue), .text(key)]
        ) { ExportJob(account: account, blobKey: key, attempts: $0.int64(0)) }.first
    }

    /// - Returns: whether the job is still this one.
    static func note(_ progress: ArchiveProducer.Progress, of job: ExportJob, _ store: any SQLWriter) throws -> Bool {
        try store.execute(
            """
            UPDATE exports SET sections_done = $3, items_done = $4
            WHERE account_id = $1 AND blob_key = $2 AND state = 1
            """, key(job) + [.integer(Int64(progress.sections)), .integer(Int64(progress.items))]) == 1
    }

    /// - Returns: whether the job is still this one, so that its archive may be loaded from now on.
    static func finish(
        _ job: ExportJob, length: Int64, now: Int64, expiresAt: Int64, _ store: any SQLWriter
    ) throws -> Bool {
        try store.execute(
            """
            UPDATE exports SET state = 2, length = $3, finished_at = $4, expires_at = $5
            WHERE account_id = $1 AND blob_key = $2 AND state = 1
            """, key(job) + [.integer(length), .integer(now), .integer(expiresAt)]) == 1
    }

    /// Tries the job again at `dueAt`, or gives it up.
    static func fail(_ job: ExportJob, dueAt: Int64, now: Int64, _ store: any SQLWriter) throws {
        let isLast = job.attempts >= Limits.exportAttemptsMax
        if isLast { try doom(of: job.account, now: now, store) }
        try store.execute(
            """
            UPDATE exports SET state = $3, due_at = $4, finished_at = $5
            WHERE account_id = $1 AND blob_key = $2 AND state = 1
            """,
            key(job) + [
                .integer((isLast ? ExportState.failed : .waiting).rawValue), .integer(dueAt),
                isLast ? .integer(now) : .null,
            ])
    }

    /// Takes back what is too old.
    static func expire(now: Int64, _ store: any SQLWriter) throws {
        try store.execute(
            """
            INSERT INTO doomed_blobs (blob_key, doomed_at) SELECT blob_key, $1 FROM exports
            WHERE state = 2 AND expires_at <= $1 AND blob_key IS NOT NULL ON CONFLICT DO NOTHING
            """, [.integer(now)])
        try store.execute(
            "UPDATE exports SET state = 4, blob_key = NULL, length = NULL WHERE state = 2 AND expires_at <= $1",
            [.integer(now)])
    }

    private static func key(_ job: ExportJob) -> [SQLValue] {
        [.integer(job.account.rawValue), .text(job.blobKey)]
    }
}
