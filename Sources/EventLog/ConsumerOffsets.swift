import SQL

/// How far each group has come, stored with its effects.
enum ConsumerOffsets {
    /// Makes the group known.
    /// - Returns: where it left off; 0 for a new one.
    static func begin(group: String, in store: any SQLWriter) throws -> Int64 {
        try store.execute(
            """
            INSERT INTO consumer_offsets (consumer_group, event_offset) VALUES ($1, 0)
            ON CONFLICT (consumer_group) DO NOTHING
            """, [.text(group)])
        return try store.integer(
            "SELECT event_offset FROM consumer_offsets WHERE consumer_group = $1", [.text(group)])
    }

    static func save(_ offset: Int64, group: String, in store: any SQLWriter) throws {
        try store.execute(
            """
            INSERT INTO consumer_offsets (consumer_group, event_offset) VALUES ($1, $2)
            ON CONFLICT (consumer_group) DO UPDATE SET event_offset = excluded.event_offset
            """, [.text(group), .integer(offset)])
    }
}
