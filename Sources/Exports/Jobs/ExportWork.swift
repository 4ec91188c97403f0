import Accounts
import BlobStore
import Core
import EventLog
import Foundation
import Logging
import SQL
import ServiceLifecycle
import Telemetry

/// Makes the archives that were asked for, one after the other, and removes those that are too old or whose account is gone.
/// A job that a process left is made anew from its start.
package struct ExportWork: Service {
    private let database: any Database
    private let blobs: any BlobStore
    /// Held by the process that does this; nil where there is only one.
    private let lease: WorkLease?
    private let lifetime: Duration
    private let pause: Duration
    private let clock: WallClock
    private let logger: Logger

    /// Somebody else has the job by now, or the account is gone.
    private struct Superseded: Error {}

    /// - Parameter lifetime: how long an archive can be loaded.
    package init(
        database: any Database, blobs: any BlobStore, lease: WorkLease? = nil, lifetime: Duration,
        pause: Duration = .seconds(1), clock: WallClock, logger: Logger
    ) {
        self.database = database
        self.blobs = blobs
        self.lease = lease
        self.lifetime = lifetime
        self.pause = pause
        self.clock = clock
        self.logger = logger
    }

    package func run() async throws {
        await Upkeep.run("export accounts", every: pause, logger: logger) {
            guard lease == nil || lease?.epoch != nil else { return }
            try await sweep()
            try await makeDue()
        }
    }

    /// Makes all that are due.
    package func makeDue() async throws {
        while let job = try await claim() {
            do { try await make(job) } catch is Superseded {} catch is CancellationError {
                throw CancellationError()
            } catch {
                logger.warning(
                    "export failed", metadata: ["account": "\(job.account)", LogKey.error: "\(error)"])
                try await putOff(job)
            }
        }
    }

    private func claim() async throws -> ExportJob? {
        let waiting = try await database.read { [now = clock.now()] store in
            try store.integer("SELECT count(*) FROM exports WHERE state IN (0, 1) AND due_at <= $1", [.integer(now)])
        }
        guard waiting > 0 else { return nil }
        // Nobody can guess it, and it says nothing of whose it is.
        let key = "exports/\(UUID().uuidString.lowercased()).tar.gz"
        let now = clock.now()
        return try await database.write { try ExportRows.claim(key: key, now: now, $0) }
    }

    private func make(_ job: ExportJob) async throws {
        let now = clock.now()
        let producer = ArchiveProducer(database, job.account, now: now) { [database] progress in
            let isOurs = try await database.write { try ExportRows.note(progress, of: job, $0) }
            guard isOurs else { throw Superseded() }
        }
        let info = try await blobs.put(
            BlobKey(job.blobKey), BlobBody(BlobStream(ArchiveChunks(producer: producer))),
            contentType: ArchiveFormat.contentType)
        let finished = clock.now()
        let expiresAt = finished + lifetime.milliseconds
        let isOurs = try await database.write { store in
            try ExportRows.finish(job, length: info.length, now: finished, expiresAt: expiresAt, store)
        }
        guard isOurs else { return try await blobs.delete(BlobKey(job.blobKey)) }
        logger.info("account exported", metadata: ["account": "\(job.account)", "bytes": "\(info.length)"])
    }

    private func putOff(_ job: ExportJob) async throws {
        let now = clock.now()
        let dueAt = now + job.attempts * job.attempts * 5_000
        try await database.write { try ExportRows.fail(job, dueAt: dueAt, now: now, $0) }
    }

    /// Removes what nobody may load any more.
    package func sweep() async throws {
        let now = clock.now()
        let (expired, doomed) = try await database.read { store in
            (
                try store.integer("SELECT count(*) FROM exports WHERE state = 2 AND expires_at <= $1", [.integer(now)]),
                try store.query(
                    "SELECT blob_key FROM doomed_blobs WHERE is_gone = 0 OR doomed_at <= $1 LIMIT 100",
                    [.integer(now - Limits.doomedBlobAge.milliseconds)]
                ) { $0.text(0) }
            )
        }
        if expired > 0 { try await database.write { try ExportRows.expire(now: now, $0) } }
        for key in doomed {
            try await blobs.delete(BlobKey(key))
            try await database.write { store in
                // A process that was stopped while it wrote may put it there once more, so it is removed twice.
                try store.execute(
                    "DELETE FROM doomed_blobs WHERE blob_key = $1 AND is_gone = 1 AND doomed_at <= $2",
                    [.text(key), .integer(now - Limits.doomedBlobAge.milliseconds)])
                try store.execute("UPDATE doomed_blobs SET is_gone = 1 WHERE blob_key = $1", [.text(key)])
            }
        }
    }
}
