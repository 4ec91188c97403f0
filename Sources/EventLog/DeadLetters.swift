import Core
import SQL

/// An event that one group could not handle within its retries.
package struct DeadLetter: Sendable {
    package let group: String
    package let event: Event
    package let reason: String
    package let attempts: Int
    /// Milliseconds since 1970.
    package let diedAt: Int64
}

/// Events beyond their retry budget: kept, listed and replayed.
package struct DeadLetters: Sendable {
    private let database: any Database
    private let clock: WallClock

    package init(database: any Database, clock: WallClock) {
        self.database = database
        self.clock = clock
    }

    package func list(limit: Int = 1_000) async throws -> [DeadLetter] {
        try await database.read { store in
            try store.query(
                """
                SELECT event_offset, kind, key, subject, object, position, flags, list, occurred_at,
                    consumer_group, reason, attempts, died_at
                FROM dead_letters ORDER BY event_offset LIMIT $1
                """, [.integer(Int64(limit))]
            ) { row in
                Outbox.event(row).map {
                    DeadLetter(
                        group: row.text(9), event: $0, reason: row.text(10), attempts: Int(row.int64(11)),
                        diedAt: row.int64(12))
                }
            }.compactMap(\.self)
        }
    }

    func bury(_ event: Event, group: String, reason: String, attempts: Int, movingFrom saved: Int64?) async throws {
        let now = clock.now()
        try await database.write { store in
            try store.execute(
                """
                INSERT INTO dead_letters (consumer_group, event_offset, topic, kind, key, subject, object, position,
                    flags, list, occurred_at, reason, attempts, died_at)
                SELECT $1, event_offset, topic, kind, key, subject, object, position, flags, list, occurred_at,
                    $3, $4, $5
                FROM outbox WHERE event_offset = $2
                ON CONFLICT (consumer_group, event_offset) DO UPDATE SET
                    reason = excluded.reason, attempts = dead_letters.attempts + excluded.attempts
                """,
                [
                    .text(group), .integer(event.offset), .text(String(reason.prefix(500))),
                    .integer(Int64(attempts)), .integer(now),
                ])
            if let saved { try ConsumerOffsets.move(group, from: saved, to: event.offset, in: store) }
        }
    }

    /// Handles every dead letter of `consumer` again; those that succeed are gone.
    /// - Returns: how many succeeded and how many failed again.
    package func replay(with consumer: any EventConsumer) async throws -> (replayed: Int, failed: Int) {
        var replayed = 0
        var failed = 0
        for letter in try await list() where letter.group == consumer.group {
            do {
                try await replay(letter, with: consumer)
                replayed += 1
            } catch {
                failed += 1
            }
        }
        return (replayed, failed)
    }

    private func replay(_ letter: DeadLetter, with consumer: any EventConsumer) async throws {
        if let consumer = consumer as? any VolatileConsumer { try await consumer.handle([letter.event]) }
        if let consumer = consumer as? any IdempotentConsumer { try await consumer.handle([letter.event]) }
        try await database.write { store in
            if let consumer = consumer as? any TransactionalConsumer {
                try consumer.handle([letter.event], in: store)
            }
            try store.execute(
                "DELETE FROM dead_letters WHERE consumer_group = $1 AND event_offset = $2",
                [.text(letter.group), .integer(letter.event.offset)])
        }
    }
}
