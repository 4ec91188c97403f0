import Core
import SQL
import Testing
import TestSupport

/// What every store of record does, whichever engine it stands on.
@Suite(.timeLimit(.minutes(10))) struct DatabaseContractTests {
    struct Refused: Error, Hashable {}

    @Test("values come back as they went in", arguments: Implementation<any Database>.all)
    func values(implementation: Implementation<any Database>) async throws {
        try await implementation.open { database in
            try await ContractTable.create(in: database)
            let rows: [[SQLValue]] = [
                [1, nil, nil, nil], [2, "", .blob([]), 0], [3, "é👩‍👩‍👧‍👦", .blob([0, 255, 0]), .integer(.max)],
                [.integer(.max), "$1 'quoted' \\ \n", .blob([39]), .integer(.min)],
            ]
            let inserts = rows.map { Statement("INSERT INTO t (id, name, data, n) VALUES ($1, $2, $3, $4)", $0) }
            _ = try await database.commit(inserts, announcing: [])
            let read = try await database.read { store in
                try store.query("SELECT id, name, data, n FROM t ORDER BY id", []) { row in
                    [
                        .integer(row.int64(0)), .text(row.optionalText(1)),
                        row.isNull(2) ? .null : .blob(row.blob(2)), .integer(row.optionalInt64(3)),
                    ] as [SQLValue]
                }
            }
            #expect(read == rows)
        }
    }

    @Test("lists are tables, and parameters may be used twice", arguments: Implementation<any Database>.all)
    func lists(implementation: Implementation<any Database>) async throws {
        try await implementation.open { database in
            try await ContractTable.create(in: database)
            _ = try await database.commit((1...9).map { ContractTable.insert($0) }, announcing: [])
            let found = try await database.read { store in
                try store.query(
                    "SELECT id FROM t WHERE id IN (SELECT value FROM list($1)) AND id > $2 AND id <> $2 + 1 ORDER BY id",
                    [.list([.max, 9, 3, 4, 5, 77]), 3]
                ) { $0.int64(0) }
            }
            #expect(found == [5, 9])
            let none = "SELECT count(*) FROM t WHERE id IN (SELECT value FROM list($1))"
            #expect(try await database.read { try $0.integer(none, [.list([])]) } == 0)
        }
    }

    @Test("a commit gives one result per statement", arguments: Implementation<any Database>.all)
    func results(implementation: Implementation<any Database>) async throws {
        try await implementation.open { database in
            try await ContractTable.create(in: database)
            let results = try await database.commit(
                [
                    Statement("INSERT INTO t (id, name) VALUES (1, 'a'), (2, 'b') RETURNING id, name, n"),
                    Statement("UPDATE t SET n = 5", expecting: .rows(2, otherwise: Refused())),
                    Statement("INSERT INTO t (id) VALUES (1) ON CONFLICT (id) DO NOTHING RETURNING id"),
                    Statement("INSERT INTO t (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET n = 6 RETURNING n"),
                    Statement("DELETE FROM t WHERE id = 99"),
                ], announcing: [])
            #expect(results.map(\.rowsAffected) == [2, 2, 0, 1, 0])
            #expect(results[0].rows == [[1, "a", nil], [2, "b", nil]])
            #expect(results[3].rows == [[6]])
        }
    }

    @Test("errors are told apart", arguments: Implementation<any Database>.all)
    func errors(implementation: Implementation<any Database>) async throws {
        try await implementation.open { database in
            try await ContractTable.create(in: database)
            _ = try await database.commit(
                [
                    Statement("CREATE TABLE child (t BIGINT NOT NULL REFERENCES t (id), n BIGINT CHECK (n > 0))"),
                    ContractTable.insert(1),
                ], announcing: [])
            for (sql, code) in [
                ("INSERT INTO t (id) VALUES (1)", .uniqueViolation),
                ("INSERT INTO child (t) VALUES (2)", .foreignKeyViolation),
                ("INSERT INTO child (t) VALUES (NULL)", .constraintViolation),
                ("INSERT INTO child (t, n) VALUES (1, 0)", .constraintViolation),
                ("INSERT INTO absent (t) VALUES (1)", .other),
            ] as [(String, SQLError.Code)] {
                let error = await #expect(throws: SQLError.self) {
                    try await database.commit([Statement(sql)], announcing: [])
                }
                #expect(error?.code == code, "\(sql)")
            }
        }
    }

    @Test("ids are new over processes and nodes", arguments: Implementation<any Database>.all)
    func ids(implementation: Implementation<any Database>) async throws {
        try await implementation.open { database in
            let clock = TestClock()
            try await Migrator([IDGenerator.migration]).migrate(database)
            var seen: Set<Int64> = []
            for process in 0..<6 {
                let generator = try await IDGenerator.leased(from: database, node: process % 2, clock: clock.wall)
                let outcomes = await Race.run(4) { _ in try await generator.next(bucket: 7) }
                for outcome in outcomes { #expect(seen.insert(try outcome.get()).inserted) }
                clock.step(-10)
            }
        }
    }

    @Test("a closed store refuses", arguments: Implementation<any Database>.all)
    func closed(implementation: Implementation<any Database>) async throws {
        try await implementation.open { database in
            try await ContractTable.create(in: database)
            try await database.checkWritable()
            try await database.close()
            let onWrite = await #expect(throws: SQLError.self) {
                try await database.commit([ContractTable.insert(1)], announcing: [])
            }
            #expect(onWrite?.code == .unavailable)
            let onRead = await #expect(throws: SQLError.self) { try await ContractTable.ids(database) }
            #expect(onRead?.code == .unavailable)
        }
    }
}
