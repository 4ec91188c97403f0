import Core
import SQL

/// The table of events, written in the transaction of the change they tell of and read by offset.
package enum Outbox {
    package static let migration = Migration("0001-outbox") { dialect in
        let key =
            switch dialect {
            // AUTOINCREMENT: an offset is never used twice, also after pruning.
            case .sqlite: "event_offset INTEGER PRIMARY KEY AUTOINCREMENT"
            // Taken under the lock that makes the order of offsets the order of commits.
            case .postgreSQL: "event_offset BIGINT PRIMARY KEY DEFAULT nextval('log_offsets')"
            }
        let bytes = dialect == .sqlite ? "BLOB" : "BYTEA"
        let columns = """
            topic SMALLINT NOT NULL, kind SMALLINT NOT NULL, key BIGINT NOT NULL, subject BIGINT NOT NULL,
            object BIGINT NOT NULL, position BIGINT NOT NULL, flags BIGINT NOT NULL, list \(bytes),
            occurred_at BIGINT NOT NULL
            """
        return [
            "CREATE TABLE outbox (\(key), \(columns))",
            "CREATE INDEX outbox_by_key ON outbox (key, event_offset)",
            """
            CREATE TABLE consumer_offsets (
                consumer_group TEXT PRIMARY KEY NOT NULL, event_offset BIGINT NOT NULL)
            """,
            """
            CREATE TABLE outbox_retention (
                id SMALLINT PRIMARY KEY NOT NULL CHECK (id = 1), pruned_through BIGINT NOT NULL)
            """,
            "INSERT INTO outbox_retention (id, pruned_through) VALUES (1, 0)",
            """
            CREATE TABLE dead_letters (
                consumer_group TEXT NOT NULL, event_offset BIGINT NOT NULL, \(columns),
                reason TEXT NOT NULL, attempts INTEGER NOT NULL, died_at BIGINT NOT NULL,
                PRIMARY KEY (consumer_group, event_offset))
            """,
        ]
    }

    /// The index of keys serves feeds that ask what is new, which rest on nothing that is only counted or told.
    package static let narrowKeys = Migration("0090-outbox-by-key") { _ in
        [
            "DROP INDEX outbox_by_key",
            "CREATE INDEX outbox_by_key ON outbox (key, event_offset) WHERE \(concernsFeeds)",
        ]
    }

    /// Of posts, graph and accounts. Literal, or no engine would see that the index covers it.
    private static let concernsFeeds = "topic < 4"

    /// The statement that appends `event` to the transaction of its change.
    package static func append(_ event: Event) -> Statement {
        Statement(
            """
            INSERT INTO outbox (topic, kind, key, subject, object, position, flags, list, occurred_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """, values(of: event), isLogAppend: true)
    }

    /// From its topic to its time, in the order of the columns.
    static func values(of event: Event) -> [SQLValue] {
        [
            .integer(event.kind.topic.rawValue), .integer(event.kind.rawValue), .integer(event.key),
            .integer(event.subject), .integer(event.object), .integer(event.position), .integer(event.flags),
            event.list.isEmpty ? .null : .blob(PackedIntegers.bytes(of: event.list)), .integer(event.occurredAt),
        ]
    }

    /// Appends inside a `write` closure and announces it.
    package static func append(_ event: Event, in store: any SQLWriter) throws {
        try store.append(append(event))
        store.announce(.eventsAppended)
    }

    /// The newest offset, 0 for a log that never held anything.
    package static func head(_ store: any SQLReader) throws -> Int64 {
        let newest = try store.integer("SELECT max(event_offset) FROM outbox")
        return try max(newest, prunedThrough(store))
    }

    /// The newest offset of an event of these topics; 0 where there is none any more.
    package static func head(of topics: Set<Topic>, _ store: any SQLReader) throws -> Int64 {
        try store.first(
            """
            SELECT event_offset FROM outbox WHERE topic IN (SELECT value FROM list($1)) ORDER BY event_offset DESC LIMIT 1
            """, [.list(topics.map(\.rawValue))]
        ) { $0.int64(0) } ?? 0
    }

    /// Events up to and including this offset are gone.
    package static func prunedThrough(_ store: any SQLReader) throws -> Int64 {
        try store.integer("SELECT pruned_through FROM outbox_retention WHERE id = 1")
    }

    /// Up to `limit` events after `offset`, oldest first. Kinds that this binary does not know do not count.
    package static func events(
        after offset: Int64, topics: Set<Topic>, limit: Int, _ store: any SQLReader
    ) throws -> [Event] {
        let kinds = EventKind.allCases.filter { topics.contains($0.topic) }
        return try store.query(
            """
            SELECT event_offset, kind, key, subject, object, position, flags, list, occurred_at FROM outbox
            WHERE event_offset > $1 AND kind IN (SELECT value FROM list($2)) ORDER BY event_offset LIMIT $3
            """,
            [.integer(offset), .list(kinds.map(\.rawValue)), .integer(Int64(limit))], row: event
        ).compactMap(\.self)
    }

    /// Events of these keys that feeds rest on, with offsets in `(after, through]`, oldest first.
    package static func events(
        ofKeys keys: [Int64], after: Int64, through: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [Event] {
        try store.query(
            """
            SELECT o.event_offset, o.kind, o.key, o.subject, o.object, o.position, o.flags, o.list, o.occurred_at
            FROM list($1) AS keys JOIN outbox o ON o.key = keys.value AND o.event_offset > $2 AND o.event_offset <= $3
            WHERE o.\(concernsFeeds) ORDER BY o.event_offset LIMIT $4
            """,
            [.list(keys), .integer(after), .integer(through), .integer(Int64(limit))], row: event
        ).compactMap(\.self)
    }

    /// Nil for a kind this binary does not know: a newer one wrote it, and a newer one will handle it.
    static func event(_ row: any SQLRow) -> Event? {
        guard let kind = EventKind(rawValue: row.int64(1)) else { return nil }
        return Event(
            kind, key: row.int64(2), subject: row.int64(3), object: row.int64(4), position: row.int64(5),
            flags: row.int64(6), list: row.isNull(7) ? [] : PackedIntegers.integers(of: row.blob(7)),
            occurredAt: row.int64(8), offset: row.int64(0))
    }
}
