import SQL
import Testing
import TestSupport

@Suite struct SQLValueTests {
    @Test(
        "values come back as they were stored",
        arguments: [
            .null, .integer(0), .integer(.max), .integer(.min), .real(0), .real(-1.5), .real(.greatestFiniteMagnitude),
            .text(""), .text("\0"), .text("a\0b\0"), .text("\0\0"), .text("é👩‍👩‍👧‍👦\u{10FFFF}"), .text("$1 ?1 list($1)"),
            .text(String(repeating: "ü", count: 10_000)), .blob([]), .blob([0]), .blob([0, 255, 0]),
            .blob([UInt8](repeating: 7, count: 100_000)),
        ] as [SQLValue])
    func roundTrip(value: SQLValue) async throws {
        let store = try await Store()
        try await store.database.write { store in
            _ = try store.execute("INSERT INTO notes (name, value) VALUES ('x', $1)", [value])
        }
        let results = try await store.database.commit(
            [Statement("UPDATE notes SET name = 'y' WHERE value IS $1 RETURNING value", [value])], announcing: [])
        #expect(results[0].rows == [[value]])
        let matches = try await store.database.read { store in
            try store.query("SELECT value FROM notes", []) { row in
                switch value {
                case .null: row.isNull(0)
                case .integer(let number): row.int64(0) == number && row.optionalInt64(0) == number
                case .text(let text): Array(row.text(0).utf8) == Array(text.utf8) && !row.isNull(0)
                case .blob(let bytes): row.blob(0) == bytes && !row.isNull(0)
                default: true
                }
            }
        }
        #expect(matches == [true])
    }

    @Test("nothing is null")
    func nothing() {
        #expect(SQLValue.integer(Int64?.none) == .null)
        #expect(SQLValue.text(String?.none) == .null)
        #expect(SQLValue.flag(true) == 1)
    }

    @Test(
        "portable statements for SQLite",
        arguments: [
            ("SELECT $1, $2, $12", "SELECT ?1, ?2, ?12"),
            ("WHERE id IN (SELECT value FROM list($2))", "WHERE id IN (SELECT value FROM json_each(?2))"),
        ])
    func sqlite(portable: String, translated: String) {
        #expect(Dialect.sqlite.translate(portable) == translated)
    }

    @Test("parameters may be used twice and in any order, and lists are tables")
    func parameters() async throws {
        let store = try await Store()
        let rows = try await store.database.read { store in
            try store.query(
                "SELECT value, $2 || $1 || $2 FROM list($3) WHERE value > $4 ORDER BY value",
                ["b", "a", .list([5, .max, .min, 7, 1]), 4]
            ) { [$0.text(0), $0.text(1)] }
        }
        #expect(rows == [["5", "aba"], ["7", "aba"], ["9223372036854775807", "aba"]])
        #expect(try await store.database.read { try $0.integer("SELECT count(*) FROM list($1)", [.list([])]) } == 0)
    }

    @Test("reading stops when the caller has enough, and the next read starts over")
    func forEach() async throws {
        let store = try await Store()
        let counts = try await store.database.read { store in
            try (1...3).map { wanted in
                var seen = 0
                try store.forEach("SELECT value FROM list($1)", [.list([1, 2, 3, 4])]) { _ in
                    seen += 1
                    return seen < wanted
                }
                return seen
            }
        }
        #expect(counts == [1, 2, 3])
    }
}
