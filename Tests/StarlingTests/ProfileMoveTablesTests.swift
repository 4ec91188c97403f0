import Logging
import SQL
import TestServers
import TestSupport
import Testing

@testable import Starling

@Suite struct ProfileMoveTablesTests {
    @Test("a move knows what to do with every table that a migration makes")
    func known() async throws {
        let folder = try TemporaryFolder()
        let database = try SQLiteDatabase(path: folder.file("store.sqlite"))
        try await Migrator(Node.migrations).migrate(database)
        try await database.checkWritable()
        let tables = try await database.read { store in
            try store.query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'", []) {
                $0.text(0)
            }
        }
        try await database.close()
        #expect(Set(tables) == Set(MovedTables.copied).union(MovedTables.leftBehind.keys))
        #expect(Set(MovedTables.copied).count == MovedTables.copied.count)
        #expect(Set(MovedTables.copied).isDisjoint(with: MovedTables.leftBehind.keys))
        #expect(MovedTables.seeded.isSubset(of: MovedTables.copied))
    }

    @Test(
        "PostgreSQL has no table of a migration that SQLite lacks, and the same columns",
        .enabled(if: ProfileMoveStage.hasServer, "STARLING_TEST_STORES does not name postgresql"))
    func otherSide() async throws {
        let stage = try await ProfileMoveStage()
        let tables = try await stage.withMove { move in
            try await move.target.begin(try await move.source.survey(size: move.size, progress: .silent))
            return move.source.tables
        }
        let relations = try stage.query(
            """
            SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition
                AND relnamespace = 'public'::regnamespace
            """)
        let driver = ["change_log", "change_log_retention", "process_leases", "profile_move", "profile_move_tables"]
        let known = MovedTables.copied + MovedTables.leftBehind.keys.filter { $0 != "write_check" } + driver
        #expect(Set(relations.split(separator: "\n").map(String.init)) == Set(known))
        for table in tables {
            let columns = try stage.query(
                "SELECT column_name FROM information_schema.columns WHERE table_name = '\(table.name)'")
            let moved = table.columns.map(\.name) + [MovedTables.derived[table.name]?.column].compactMap(\.self)
            #expect(Set(columns.split(separator: "\n").map(String.init)) == Set(moved))
        }
    }

    @Test(
        "rows that differ have different hashes",
        arguments: [
            ([.null], [.integer(0)]), ([.text("")], [.null]), ([.text("1")], [.integer(1)]),
            ([.text("ab"), .text("c")], [.text("a"), .text("bc")]),
            ([.integer(1), .integer(2)], [.integer(2), .integer(1)]),
            ([.text("12345678")], [.text("12345678\u{0}")]), ([.blob([0])], [.blob([])]), ([.blob([65])], [.text("A")]),
            ([.text("123456789")], [.text("12345678:")]), ([.null, .integer(1)], [.integer(1), .null]),
        ] as [([SQLValue], [SQLValue])])
    func hashes(one: [SQLValue], other: [SQLValue]) {
        func hash(_ row: [SQLValue]) -> UInt64 {
            var hash = RowHash()
            for value in row { hash.add(value) }
            return hash.value
        }
        #expect(hash(one) != hash(other))
        #expect(hash(one) == hash(one))
    }
}
