import Core
import Foundation
import Logging
import SQL

/// The PostgreSQL a community is moved to: empty, or half of the way there.
struct MoveTarget: Sendable {
    /// Beside the lease of a process that moves.
    private static let role = "migrate-profile"

    let database: any Database

    /// What is in the store before anything is done to it.
    enum Standing: Sendable {
        case empty
        case begun(MoveRecord)
    }

    /// - Throws: `MoveError`, which never quotes the password.
    static func open(_ url: String, logger: Logger) async throws -> MoveTarget {
        guard url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") else {
            throw MoveError("--to must be the URL of a database of PostgreSQL, such as postgres://user@host/name.")
        }
        var settings = PostgreSQLSettings(url: url)
        settings.statementTimeout = .seconds(3_600)
        settings.readerConnections = 2
        settings.writerConnections = 1
        settings.roles = role
        do { return MoveTarget(database: try await PostgreSQLDatabase.open(settings, logger: logger)) } catch {
            throw MoveError("The database at --to cannot be used: \(error).")
        }
    }

    func close() async throws { try await database.close() }

    /// - Throws: `MoveError` where there is another community, or a process that serves.
    func standing() async throws -> Standing {
        try await refuseProcesses()
        return try await database.read { store in
            let encoding = try store.first("SELECT current_setting('server_encoding')") { $0.text(0) }
            guard encoding == "UTF8" else {
                throw MoveError(
                    "The database at --to is in \(encoding ?? "?"); make one in UTF8: createdb -E UTF8 -T template0.")
            }
            if try MoveRecord.isThere(store), let record = try MoveRecord.read(store) { return .begun(record) }
            let tables = try Self.tables(store)
            for table in MovedTables.copied + ["node_leases"]
            where tables.contains(table) && !MovedTables.seeded.contains(table) {
                guard try store.first("SELECT 1 FROM \(table.quoted) LIMIT 1", row: { _ in true }) == nil else {
                    throw MoveError(
                        "The database at --to is not empty: \(table) has rows, and no move has put them there. Make a new "
                            + "database for this community.")
                }
            }
            return .empty
        }
    }

    /// Whoever serves from a store that is half there would serve half a community, and change it.
    func refuseProcesses() async throws {
        let node = Int64(database.nodeClaim?.node ?? -1)
        let others = try await database.read { store in
            try store.integer(
                """
                SELECT count(*) FROM process_leases
                WHERE lease_until > clock_timestamp() AND node <> $1 AND roles <> $2
                """, [.integer(node), .text(Self.role)])
        }
        guard others == 0 else {
            throw MoveError(
                "\(others) other \(others == 1 ? "process uses" : "processes use") the database at --to; stop them first (one "
                    + "that was killed counts for a second).")
        }
    }

    private static func tables(_ store: any SQLReader) throws -> Set<String> {
        Set(try store.query("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()", []) { $0.text(0) })
    }
}

// Copying
extension MoveTarget {
    /// Makes the schema, and notes what is to come.
    func begin(_ survey: MoveSurvey) async throws {
        try await Migrator(Node.migrations).migrate(database)
        try await database.write { store in
            for table in MovedTables.seeded { try store.execute("DELETE FROM \(table.quoted)", []) }
            try MoveRecord.begin(survey, in: store)
            try Self.raiseNumbers(survey, in: store)
        }
    }

    /// New events get higher offsets than all old ones, and new ids later moments, whichever number a process has.
    private static func raiseNumbers(_ survey: MoveSurvey, in store: any SQLWriter) throws {
        if survey.logHead > 0 {
            _ = try store.integer(
                "SELECT setval('log_offsets', greatest($1, (SELECT last_value FROM log_offsets)))",
                [.integer(survey.logHead)])
        }
        try store.execute(
            "INSERT INTO node_leases (node, leased_until) SELECT number, $1 FROM generate_series(0, $2) AS numbers(number)",
            [.integer(survey.idsLeasedUntil), .integer(Int64(Snowflake.nodeCount - 1))])
    }

    /// Writes rows and how far the table then is, in one transaction.
    func write(_ batch: RowBatch, of table: TableShape, after rowsDone: Int) async throws {
        let insert = Statement(
            Self.insertion(into: table), [.text(batch.json(table.columns))],
            expecting: .rows(
                batch.rows.count, otherwise: MoveError("PostgreSQL did not take all rows of \(table.name).")))
        let advance = try MoveRecord.advance(table.name, from: rowsDone, by: batch)
        _ = try await database.commit([insert, advance], announcing: [])
    }

    private static func insertion(into table: TableShape) -> String {
        var (columns, values) = (table.columnList, table.columnList)
        if let derived = MovedTables.derived[table.name] {
            columns += ", \(derived.column.quoted)"
            values += ", \(derived.value)"
        }
        return """
            INSERT INTO \(table.name.quoted) (\(columns)) SELECT \(values)
            FROM json_populate_recordset(NULL::\(table.name.quoted), CAST($1 AS json))
            """
    }

    /// Has the planner know what is in the tables now.
    func analyze(_ tables: [TableShape]) async throws {
        for table in tables { try await database.write { try $0.execute("ANALYZE \(table.name.quoted)", []) } }
    }

    func finish() async throws {
        try await refuseProcesses()
        try await database.write { try MoveRecord.finish(in: $0) }
    }
}

// Verifying
extension MoveTarget {
    /// The same table with the key that it has here, which may begin with the partition.
    func shape(of table: TableShape) async throws -> TableShape {
        let key = try await database.read { store in
            try store.query(
                """
                SELECT a.attname, format_type(a.atttypid, NULL) FROM pg_index i
                CROSS JOIN LATERAL unnest(CAST(i.indkey AS smallint[])) WITH ORDINALITY AS k(number, place)
                JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
                WHERE i.indrelid = to_regclass($1) AND i.indisprimary ORDER BY k.place
                """, [.text(table.name)]
            ) { row in
                TableShape.Kind(declared: row.text(1)).map { TableShape.Column(name: row.text(0), kind: $0) }
            }
        }
        return table.keyed(by: key.compactMap(\.self))
    }

    /// What is wrong with the numbers from which new ids and offsets are taken.
    func numberProblems(_ survey: MoveSurvey) async throws -> [String] {
        let (next, leases, leased) = try await database.read { store in
            (
                try store.integer("SELECT last_value FROM log_offsets"),
                try store.integer("SELECT count(*) FROM node_leases"),
                try store.integer("SELECT min(leased_until) FROM node_leases")
            )
        }
        var problems: [String] = []
        if next < survey.logHead {
            problems.append("new events would have the offsets of old ones: \(next) is below \(survey.logHead)")
        }
        if leases < Snowflake.nodeCount || leased < survey.idsLeasedUntil {
            problems.append("new ids could be below old ones: node_leases does not reach \(survey.idsLeasedUntil)")
        }
        return problems
    }
}
