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

    /// The oldest `limit` of all groups.
    package func list(limit: Int = Limits.deadLettersListedMax) async throws -> [DeadLetter] {
        try await database.read { store in
            try store.query(
                "SELECT \(Self.columns) FROM dead_letters ORDER BY event_offset LIMIT $1", [.integer(Int64(limit))],
                row: Self.letter
            ).compactMap(\.self)
        }
    }

    /// How many there are of each group.
    package func counts() async throws -> [String: Int] {
        let counts = try await database.read { store in
            try store.query("SELECT consumer_group, count(*) FROM dead_letters GROUP BY consumer_group", []) {
                ($0.text(0), Int($0.int64(1)))
            }
        }
        return Dictionary(counts) { first, _ in first }
    }

    private static let columns = """
        event_offset, kind, key, subject, object, position, flags, list, occurred_at, consumer_group, reason, attempts,
        died_at
        """

    /// Nil for an event of a kind that this binary does not know.
    private static func letter(_ row: any SQLRow) -> DeadLetter? {
        Outbox.event(row).map {
            DeadLetter(
                group: row.text(9), event: $0, reason: row.text(10), attempts: Int(row.int64(11)),
                diedAt: row.int64(12))
        }
    }

    func bury(_ event: Event, group: String, reason: String, attempts: Int, movingFrom saved: Int64?) async throws {
        try await bury([event], group: group, reason: reason, attempts: attempts) { store in
            if let saved { try ConsumerOffsets.move(group, from: saved, to: event.offset, in: store) }
        }
    }

    /// - Parameter move: moves the group on in the same transaction, so that an event is a letter or is handled, not both.
    func bury(
        _ events: [Event], group: String, reason: String, attempts: Int,
        moving move: @escaping @Sendable (any SQLWriter) throws -> Void
    ) async throws {
        let now = clock.now()
        try await database.write { store in
            // First, so that work that was taken by another leaves no letter to undo.
            try move(store)
            for event in events {
                // Not from the outbox: with Kafka a group may come to it after the row was pruned.
                try store.execute(
                    """
                    INSERT INTO dead_letters (topic, kind, key, subject, object, position, flags, list, occurred_at,
                        consumer_group, event_offset, reason, attempts, died_at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
                    ON CONFLICT (consumer_group, event_offset) DO UPDATE SET
                        reason = excluded.reason, attempts = dead_letters.attempts + excluded.attempts
                    """,
                    Outbox.values(of: event) + [
                        .text(group), .integer(event.offset), .text(String(reason.prefix(500))),
                        .integer(Int64(attempts)), .integer(now),
                    ])
            }
        }
    }

    /// Handles every dead letter of `consumer` again; those that succeed are gone. Several may do so at once.
    /// - Returns: how many succeeded here and how many failed again.
    package func replay(with consumer: any EventConsumer) async throws -> (replayed: Int, failed: Int) {
        var replayed = 0
        var failed = 0
        var last: Int64 = 0
        while true {
            let letters = try await page(of: consumer.group, after: last)
            guard let newest = letters.last else { return (replayed, failed) }
            for letter in letters {
                do {
                    if try await replay(letter, with: consumer) { replayed += 1 }
                } catch {
                    failed += 1
                }
            }
            last = newest.event.offset
        }
    }

    /// The next letters of a group, of kinds that this binary knows.
    private func page(of group: String, after offset: Int64) async throws -> [DeadLetter] {
        let known = EventKind.allCases.map(\.rawValue)
        return try await database.read { store in
            try store.query(
                """
                SELECT \(Self.columns) FROM dead_letters
                WHERE consumer_group = $1 AND event_offset > $2 AND kind IN (SELECT value FROM list($3))
                ORDER BY event_offset LIMIT $4
                """,
                [.text(group), .integer(offset), .list(known), .integer(Int64(Limits.deadLettersReplayedMax))],
                row: Self.letter
            ).compactMap(\.self)
        }
    }

    /// - Returns: false where another has replayed it meanwhile.
    private func replay(_ letter: DeadLetter, with consumer: any EventConsumer) async throws -> Bool {
        if let consumer = consumer as? any VolatileConsumer { try await consumer.handle([letter.event]) }
        if let consumer = consumer as? any IdempotentConsumer { try await consumer.handle([letter.event]) }
        return try await database.write { store in
            // First: who deletes no row makes no effect.
            let deleted = try store.execute(
                "DELETE FROM dead_letters WHERE consumer_group = $1 AND event_offset = $2",
                [.text(letter.group), .integer(letter.event.offset)])
            guard deleted == 1 else { return false }
            if let consumer = consumer as? any TransactionalConsumer {
                try consumer.handle([letter.event], in: store)
            }
            return true
        }
    }
}

extension Limits {
    /// Dead letters of one listing.
    package static let deadLettersListedMax = 1_000
    /// Dead letters read at once to be replayed.
    static let deadLettersReplayedMax = 500
}
