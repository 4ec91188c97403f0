import SQL

/// What groups have still to handle, as a snapshot of the store tells.
package enum UnhandledEvents {
    /// Events beyond the group's place, or its least one in Kafka's partitions, and those set aside as dead letters.
    /// - Parameter factsMax: ids that lists of bulk events may hold together.
    /// - Returns: nil where there are more than `limit`, or where some of them may be gone from the log.
    package static func events(
        of group: String, topics: Set<Topic>, limit: Int, factsMax: Int, _ store: any SQLReader
    ) throws -> [Event]? {
        let place = try store.integer(
            """
            SELECT min(event_offset) FROM (
                SELECT event_offset FROM consumer_offsets WHERE consumer_group = $1
                UNION ALL SELECT event_offset FROM consumer_watermarks WHERE consumer_group = $1) AS places
            """, [.text(group)])
        guard try place >= Outbox.prunedThrough(store) else { return nil }
        let waiting = try Outbox.events(after: place, topics: topics, limit: limit + 1, store)
        guard waiting.count <= limit, waiting.facts <= factsMax else { return nil }
        let dead = try store.query(
            """
            SELECT event_offset, kind, key, subject, object, position, flags, list, occurred_at FROM dead_letters
            WHERE consumer_group = $1 ORDER BY event_offset LIMIT $2
            """, [.text(group), .integer(Int64(limit) + 1)], row: Outbox.event)
        let letters = dead.compactMap(\.self)
        guard dead.count <= limit, letters.facts <= factsMax else { return nil }
        return waiting + letters
    }
}

extension [Event] {
    fileprivate var facts: Int { reduce(0) { $0 + $1.list.count } }
}
