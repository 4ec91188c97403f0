import SQL

/// How far each group has come, stored with its effects.
enum ConsumerOffsets {
    /// Makes the group known.
    /// - Returns: where it left off; 0 for a new one.
    /// - Throws: `GroupOnKafka`.
    static func begin(group: String, in store: any SQLWriter) throws -> Int64 {
        let watermarks = try store.integer(
            "SELECT count(*) FROM consumer_watermarks WHERE consumer_group = $1", [.text(group)])
        guard watermarks == 0 else { throw GroupOnKafka(group: group) }
        try store.execute(
            """
            INSERT INTO consumer_offsets (consumer_group, event_offset) VALUES ($1, 0)
            ON CONFLICT (consumer_group) DO NOTHING
            """, [.text(group)])
        return try store.integer(
            "SELECT event_offset FROM consumer_offsets WHERE consumer_group = $1", [.text(group)])
    }

    /// Whether the group has a place, be it at the beginning.
    static func isKnown(_ group: String, in store: any SQLReader) throws -> Bool {
        try store.integer("SELECT count(*) FROM consumer_offsets WHERE consumer_group = $1", [.text(group)]) > 0
    }

    /// Where the group has come.
    static func current(of group: String, in store: any SQLReader) throws -> Int64 {
        try store.integer("SELECT event_offset FROM consumer_offsets WHERE consumer_group = $1", [.text(group)])
    }

    /// The statement that moves the group from where this process believes it to be.
    ///
    /// It fails with `WorkTaken` where another process has moved it, so that what comes with it is undone.
    static func move(_ group: String, from old: Int64, to new: Int64) -> Statement {
        Statement(
            "UPDATE consumer_offsets SET event_offset = $3 WHERE consumer_group = $1 AND event_offset = $2",
            [.text(group), .integer(old), .integer(new)], expecting: .rows(1, otherwise: WorkTaken()))
    }

    /// The same inside a `write` closure.
    static func move(_ group: String, from old: Int64, to new: Int64, in store: any SQLWriter) throws {
        let statement = move(group, from: old, to: new)
        guard try store.execute(statement.sql, statement.arguments) == 1 else { throw WorkTaken() }
    }
}

/// Another process does this group's work, and has come further.
struct WorkTaken: Error {}
