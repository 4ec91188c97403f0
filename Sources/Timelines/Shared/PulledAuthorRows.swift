import Accounts
import Core
import EventLog
import Logging
import SQL
import ServiceLifecycle
import Synchronization

/// The pulled authors as processes share them: rows, which fan-out writes, and every process's memory of them.
package final class PulledAuthorRows: CommitObserver, Service, Sendable {
    private let database: any Database
    private let pulled: PulledAuthors
    private let logger: Logger
    private let stale: AsyncStream<Void>
    private let staleSignal: AsyncStream<Void>.Continuation
    /// Gaps that were announced, and how many of them the last reading came after.
    private let gaps = Atomic<Int>(0)
    private let gapsMended = Atomic<Int>(0)

    private init(database: any Database, pulled: PulledAuthors, logger: Logger) {
        self.database = database
        self.pulled = pulled
        self.logger = logger
        (stale, staleSignal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Reads the rows into `pulled` and keeps it in step with them from then on.
    package static func followed(
        in database: any Database, by pulled: PulledAuthors, logger: Logger
    ) async throws -> PulledAuthorRows {
        let rows = PulledAuthorRows(database: database, pulled: pulled, logger: logger)
        database.observe(rows)
        try await rows.load()
        return rows
    }

    /// False from a gap in what was announced until everything was read anew.
    package var isCurrent: Bool { gaps.load(ordering: .acquiring) == gapsMended.load(ordering: .acquiring) }

    package func run() async throws {
        for await _ in stale.cancelOnGracefulShutdown() {
            while !isCurrent, !Task.isCancelled {
                do { try await load() } catch {
                    logger.warning("pulled authors not read", metadata: ["error": "\(error)"])
                    do { try await Task.sleep(for: .milliseconds(200)) } catch { return }
                }
            }
        }
    }

    private func load() async throws {
        let gaps = gaps.load(ordering: .acquiring)
        try await readAll()
        gapsMended.store(gaps, ordering: .releasing)
    }

    private func readAll() async throws {
        let rows = try await database.read { store in
            try store.query("SELECT author_id, is_pulled, unpushed_through FROM pulled_authors", []) { row in
                (author: row.id(0, Account.self), isPulled: row.flag(1), through: row.position(2))
            }
        }
        for row in rows {
            pulled.set(row.isPulled ? .pull : .push, for: row.author)
            if row.through > .lowest { pulled.skip(row.through, of: row.author) }
        }
    }

    package func committed(_ changes: [Change]) {
        for case .pulled(let author, let through) in changes {
            pulled.skip(Position(through), of: ID(author))
        }
        guard changes.contains(.bulk) else { return }
        gaps.add(1, ordering: .acquiringAndReleasing)
        staleSignal.yield()
    }

    func skip(_ position: Position, of author: ID<Account>) async throws {
        _ = try await database.commit(
            [
                Statement(
                    """
                    INSERT INTO pulled_authors (author_id, is_pulled, unpushed_through) VALUES ($1, 1, $2)
                    ON CONFLICT (author_id) DO UPDATE SET unpushed_through =
                        CASE WHEN excluded.unpushed_through > pulled_authors.unpushed_through
                        THEN excluded.unpushed_through ELSE pulled_authors.unpushed_through END
                    """, [.integer(author.rawValue), .integer(position.rawValue)])
            ], announcing: [.pulled(author: author.rawValue, through: position.rawValue)])
    }

    func note(_ mode: FanOut, of author: ID<Account>) async throws {
        _ = try await database.commit(
            [
                Statement(
                    """
                    INSERT INTO pulled_authors (author_id, is_pulled, unpushed_through) VALUES ($1, $2, 0)
                    ON CONFLICT (author_id) DO UPDATE SET is_pulled = excluded.is_pulled
                    """, [.integer(author.rawValue), .flag(mode == .pull)])
            ], announcing: [])
        pulled.set(mode, for: author)
    }

    func mode(of author: ID<Account>) -> FanOut { pulled.mode(of: author) }
}
