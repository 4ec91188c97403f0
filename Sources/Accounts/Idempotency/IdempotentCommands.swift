import Core
import KeyValue
import SQL

/// Carries out commands once for each key: sent again within a day, one answers with what came of it the first time.
package struct IdempotentCommands: Sendable {
    private let database: any Database
    private let clock: WallClock
    private let locks: KeyLock<IdempotencyKey>

    package init(database: any Database, clock: WallClock, locks: KeyLock<IdempotencyKey>) {
        self.database = database
        self.clock = clock
        self.locks = locks
    }

    /// - Parameters:
    ///   - perform: does it, and writes the note in the same transaction.
    ///   - again: finds what came of it, by the id that was noted; it may be gone since.
    /// - Returns: what came of it, and whether it was there before.
    /// - Throws: `IdempotencyError` `.inFlight` or `.mismatch`, or as the closures.
    package func once<Result: Sendable>(
        _ command: IdempotentCommand, perform: (CommandNote) async throws -> Result,
        again: (Int64) async throws -> Result
    ) async throws -> (result: Result, replayed: Bool) {
        guard locks.tryAcquire(command.key) else { throw IdempotencyError.inFlight }
        defer { locks.release(command.key) }
        if let earlier = try await result(of: command) { return (try await replay(earlier, again), true) }
        do {
            return (try await perform(CommandNote(command, now: clock.now(), oldestKept: oldestKept)), false)
        } catch is CommandNote.Duplicate {
            // Another process was first.
            guard let earlier = try await result(of: command) else { throw IdempotencyError.inFlight }
            return (try await replay(earlier, again), true)
        }
    }

    /// The first request may have lost its answer before this process heard of its commit.
    private func replay<Result>(_ id: Int64, _ again: (Int64) async throws -> Result) async throws -> Result {
        try await database.settle()
        return try await again(id)
    }

    private var oldestKept: Int64 {
        clock.now() - Limits.idempotencyKeyLifetime.components.seconds * 1000
    }

    private func result(of command: IdempotentCommand) async throws -> Int64? {
        let (key, oldest) = (command.key, oldestKept)
        let found = try await database.read { store in
            try store.first(
                """
                SELECT body_hash, result_id FROM idempotency_keys
                WHERE account_id = $1 AND route = $2 AND key = $3 AND created_at >= $4
                """, [.integer(key.account), .text(key.route), .text(key.key), .integer(oldest)]
            ) { (hash: $0.text(0), id: $0.int64(1)) }
        }
        guard let found else { return nil }
        guard found.hash == command.hash else { throw IdempotencyError.mismatch }
        return found.id
    }

    /// Forgets keys past their lifetime.
    /// - Returns: how many.
    @discardableResult
    package func purge() async throws -> Int {
        let oldest = oldestKept
        return try await database.write { store in
            try store.execute("DELETE FROM idempotency_keys WHERE created_at < $1", [.integer(oldest)])
        }
    }
}

/// What a command writes in the transaction of its effect, so that the same key finds it.
package struct CommandNote: Sendable {
    /// The key was noted meanwhile.
    struct Duplicate: Error {}

    private let command: IdempotentCommand
    private let now: Int64
    private let oldestKept: Int64

    init(_ command: IdempotentCommand, now: Int64, oldestKept: Int64) {
        self.command = command
        self.now = now
        self.oldestKept = oldestKept
    }

    /// For a fixed transaction, which it undoes where somebody was first.
    /// - Parameter result: the id by which what came of it is found again.
    package func statement(_ result: Int64) -> Statement {
        let key = command.key
        return Statement(
            """
            INSERT INTO idempotency_keys (account_id, route, key, body_hash, result_id, created_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (account_id, route, key) DO UPDATE SET body_hash = excluded.body_hash,
                result_id = excluded.result_id, created_at = excluded.created_at
            WHERE idempotency_keys.created_at < $7
            """,
            [
                .integer(key.account), .text(key.route), .text(key.key), .text(command.hash), .integer(result),
                .integer(now), .integer(oldestKept),
            ], expecting: .rows(1, otherwise: Duplicate()))
    }

    /// Writes it, and undoes the transaction where somebody was first.
    package func write(_ result: Int64, _ store: any SQLWriter) throws {
        let statement = statement(result)
        guard try store.execute(statement.sql, statement.arguments) == 1 else { throw Duplicate() }
    }
}
