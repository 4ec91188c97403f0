import SQL

/// Whether the consumer groups of a store read their events from Kafka. Then their places are watermarks by partition, and
/// whoever read the outbox beside them would apply everything a second time.
package enum KafkaPassage {
    /// Whether they do.
    package static func isUsed(in store: any SQLReader) throws -> Bool {
        try store.integer("SELECT count(*) FROM consumer_watermarks") > 0
    }

    /// Has the groups read the outbox from now on, if nothing is left for them in Kafka.
    /// - Returns: false where something is, or may be.
    package static func leave(in store: any SQLWriter) throws -> Bool {
        let behind = try store.integer(
            """
            SELECT count(*) FROM consumer_watermarks
            WHERE event_offset < (SELECT coalesce(max(event_offset), 0) FROM outbox)
            """)
        guard behind == 0 else { return false }
        try store.execute(
            """
            INSERT INTO consumer_offsets (consumer_group, event_offset)
            SELECT consumer_group, min(event_offset) FROM consumer_watermarks GROUP BY consumer_group
            ON CONFLICT (consumer_group) DO UPDATE SET event_offset = excluded.event_offset
            """, [])
        try store.execute("DELETE FROM consumer_watermarks", [])
        // Retention would wait for it for ever.
        try store.execute("DELETE FROM consumer_offsets WHERE consumer_group = $1", [.text(OutboxRelay.group)])
        return true
    }
}

/// A group that reads its events from Kafka was asked to read the outbox.
struct GroupOnKafka: Error, CustomStringConvertible {
    let group: String

    var description: String { "the group \(group) of this store reads from Kafka" }
}
