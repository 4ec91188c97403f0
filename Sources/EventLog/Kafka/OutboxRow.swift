import Core
import SQL

/// An event as it is stored. The relay passes on also what it does not know the meaning of.
struct OutboxRow: Sendable {
    let offset: Int64
    let topic: Int64
    let kind: Int64
    let key: Int64
    let subject: Int64
    let object: Int64
    let position: Int64
    let flags: Int64
    let list: [UInt8]
    let occurredAt: Int64

    /// A batch of events after `offset`, oldest first, and the newest offset in the log.
    static func batch(after offset: Int64, _ store: any SQLReader) throws -> (rows: [OutboxRow], head: Int64) {
        var rows: [OutboxRow] = []
        var facts = 0
        try store.forEach(
            """
            SELECT event_offset, topic, kind, key, subject, object, position, flags, list, occurred_at FROM outbox
            WHERE event_offset > $1 ORDER BY event_offset LIMIT $2
            """, [.integer(offset), .integer(Int64(Limits.relayBatchMax))]
        ) { row in
            let event = OutboxRow(row)
            rows.append(event)
            facts += event.list.count / 8
            return facts < Limits.relayBatchFactsMax
        }
        return (rows, try Outbox.head(store))
    }
}

extension OutboxRow {
    private init(_ row: any SQLRow) {
        self.init(
            offset: row.int64(0), topic: row.int64(1), kind: row.int64(2), key: row.int64(3), subject: row.int64(4),
            object: row.int64(5), position: row.int64(6), flags: row.int64(7), list: row.isNull(8) ? [] : row.blob(8),
            occurredAt: row.int64(9))
    }
}
