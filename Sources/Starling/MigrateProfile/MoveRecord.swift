import Foundation
import SQL

/// What a target remembers of the move to it, so that it can go on where it stopped.
///
/// - `profile_move`: the one move there ever is, of which source, and whether it is done.
/// - `profile_move_tables`: of each table, what the source holds and how much of it is here; `last_key` is that of the last
///   row copied.
struct MoveRecord: Sendable {
    /// How much of a table is here.
    struct Place: Sendable {
        let digest: TableDigest
        var rowsDone: Int
        var lastKey: [SQLValue]?
    }

    let source: String
    /// Seconds since 1970.
    let finishedAt: Int64?
    let places: [String: Place]

    /// - Returns: nil where nobody ever moved anything here.
    static func read(_ store: any SQLReader) throws -> MoveRecord? {
        let move = try store.first("SELECT source, finished_at FROM profile_move") { ($0.text(0), $0.optionalInt64(1)) }
        guard let move else { return nil }
        let places = try store.query(
            "SELECT name, rows_total, checksum, rows_done, last_key FROM profile_move_tables", []
        ) { row in
            let digest = TableDigest(rows: Int(row.int64(1)), sum: UInt64(bitPattern: row.int64(2)))
            let key = try row.optionalText(4).map(Key.decode)
            return (row.text(0), Place(digest: digest, rowsDone: Int(row.int64(3)), lastKey: key))
        }
        return MoveRecord(
            source: move.0, finishedAt: move.1, places: Dictionary(places, uniquingKeysWith: { $1 }))
    }

    static func isThere(_ store: any SQLReader) throws -> Bool {
        let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'profile_move'"
        return try store.integer(tables) > 0
    }

    /// - Throws: `MoveError` where a community is half of the way to this store: nobody may serve from it.
    static func refuseUnfinished(in database: any Database) async throws {
        let record = try await database.read { try isThere($0) ? read($0) : nil }
        guard let record, record.finishedAt == nil else { return }
        throw MoveError(
            "The move of a community to this database is not finished; give the same `starling migrate-profile` again.")
    }

    /// Makes the tables and notes what is to come. Runs once.
    static func begin(_ survey: MoveSurvey, in store: any SQLWriter) throws {
        for statement in schema { try store.execute(statement, []) }
        try store.execute(
            "INSERT INTO profile_move (id, source, started_at) VALUES (1, $1, $2)",
            [.text(survey.fingerprint), .integer(Int64(Date.now.timeIntervalSince1970))])
        for (name, digest) in survey.digests {
            try store.execute(
                "INSERT INTO profile_move_tables (name, rows_total, checksum, rows_done) VALUES ($1, $2, $3, 0)",
                [.text(name), .integer(Int64(digest.rows)), .integer(Int64(bitPattern: digest.sum))])
        }
    }

    /// The statement that moves a table's place on, in the transaction of its rows. It fails where another move was there.
    static func advance(_ table: String, from rowsDone: Int, by batch: RowBatch) throws -> Statement {
        Statement(
            "UPDATE profile_move_tables SET rows_done = $3, last_key = $4 WHERE name = $1 AND rows_done = $2",
            [
                .text(table), .integer(Int64(rowsDone)), .integer(Int64(rowsDone + batch.rows.count)),
                .text(try Key.encode(batch.lastKey ?? [])),
            ], expecting: .rows(1, otherwise: MoveError("Another move works on this database; let one of them end.")))
    }

    static func finish(in store: any SQLWriter) throws {
        try store.execute(
            "UPDATE profile_move SET finished_at = $1 WHERE id = 1", [.integer(Int64(Date.now.timeIntervalSince1970))])
    }

    private static let schema = [
        """
        CREATE TABLE profile_move (
            id SMALLINT PRIMARY KEY NOT NULL CHECK (id = 1), source TEXT NOT NULL, started_at BIGINT NOT NULL,
            finished_at BIGINT)
        """,
        """
        CREATE TABLE profile_move_tables (
            name TEXT PRIMARY KEY NOT NULL, rows_total BIGINT NOT NULL, checksum BIGINT NOT NULL,
            rows_done BIGINT NOT NULL, last_key TEXT)
        """,
    ]
}

/// A key as text: a JSON array of numbers and strings.
private enum Key: Codable {
    case integer(Int64)
    case text(String)

    static func encode(_ key: [SQLValue]) throws -> String {
        let parts = try key.map { value in
            switch value {
            case .integer(let value): Key.integer(value)
            case .text(let value): Key.text(value)
            default: throw MoveError("a key holds neither a number nor a text")
            }
        }
        return String(decoding: try JSONEncoder().encode(parts), as: UTF8.self)
    }

    static func decode(_ text: String) throws -> [SQLValue] {
        try JSONDecoder().decode([Key].self, from: Data(text.utf8)).map { part in
            switch part {
            case .integer(let value): .integer(value)
            case .text(let value): .text(value)
            }
        }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else {
            self = .text(try container.decode(String.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .integer(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        }
    }
}
