import Core
import SQL
import Synchronization
import Testing

/// What every store of record does, whichever engine it stands on.
@Suite(.timeLimit(.minutes(2))) struct DatabaseContractTests {
    struct Refused: Error, Hashable {}

    final class Recorder: CommitObserver {
        private let seen = Mutex<[Change]>([])

        var changes: [Change] { seen.withLock { $0 } }

        func committed(_ changes: [Change]) {
            seen.withLock { $0 += changes }
        }
    }

    private static func createTable(in database: any Database) async throws {
        let bytes = database.dialect == .sqlite ? "BLOB" : "BYTEA"
        _ = try await database.commit(
            [Statement("CREATE TABLE t (id BIGINT PRIMARY KEY NOT NULL, name TEXT, data \(bytes), n BIGINT)")],
            announcing: [])
    }

    private static func ids(_ database: any Database) async throws -> [Int64] {
        try await database.read { try $0.query("SELECT id FROM t ORDER BY id", []) { $0.int64(0) } }
    }

    @Test("values come back as they went in", arguments: Implementation<any Database>.all)
    func values(implementation: Implementation<any Database>) async throws {
        try await implementation.open { database in
            try await Self.createTable(in: database)
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
            try await Self.createTable(in: database)
            _ = try await database.commit((1...9).map { Self.insert($0) }, announcing: [])
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

    private static func insert(_ id: Int64) -> Statement {
        Statement("INSERT INTO t (id) VALUES ($1)", [.integer(id)])
    }

    @Test("a commit gives one result per statement", arguments: Implementation<any Database>.all)
    func results(implementation: Implementation<any Database>) async throws {
        try await implementation.open { database in
            try await Self.createTable(in: database)
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

    @Test("what fails leaves nothing behind and announces nothing", arguments: Implementation<any Database>.all)
    func undone(implementation: Implementation<any Database>) async throws {
        try await implementation.open { database in
            try await Self.createTable(in: database)
            let recorder = Recorder()
            database.observe(recorder)
            await #expect(throws: Refused()) {
                try await database.write { store in
                    try store.execute("INSERT INTO t (id) VALUES (1)", [])
                    store.announce(.account(1))
                    throw Refused()
                }
            }
            await #expect(throws: Refused()) {
                try await database.commit(
                    [
                        Self.insert(2),
                        Statement("DELETE FROM t WHERE id = 9", expecting: .rows(1, otherwise: Refused())),
                    ],
                    announcing: [.account(2)])
            }
            await #expect(throws: SQLError.self) {
                try await database.commit([Self.insert(3), Self.insert(3)], announcing: [.account(3)])
            }
            _ = try await database.commit([Self.insert(4)], announcing: [.account(4)])
            #expect(try await Self.ids(database) == [4])
            #expect(recorder.changes == [.account(4)])
        }
    }

    @Test(
        "changes are announced in commit order, before the write returns", arguments: Implementation<any Database>.all)
    func announcements(implementation: Implementation<any Database>) async throws {
        try await implementation.open { database in
            _ = try await database.commit(
                [Statement("CREATE TABLE turns (n BIGINT NOT NULL, turn BIGINT NOT NULL)")], announcing: [])
            let recorder = Recorder()
            database.observe(recorder)
            let outcomes = await Race.run(100) { number in
                let change = Change.account(Int64(number))
                try await database.write { store in
                    // Serializable, so the turns are the commit order.
                    let turn = try store.integer("SELECT count(*) FROM turns")
                    try store.execute(
                        "INSERT INTO turns (n, turn) VALUES ($1, $2)", [.integer(Int64(number)), .integer(turn)])
                    store.announce(change)
                }
                guard recorder.changes.contains(change) else { throw Refused() }
            }
            #expect(outcomes.errors.isEmpty)
            let order = try await database.read { store in
                try store.query("SELECT n FROM turns ORDER BY turn", []) { Change.account($0.int64(0)) }
            }
            #expect(recorder.changes == order)
        }
    }

    @Test("a read sees every write that was acknowledged before it", arguments: Implementation<any Database>.all)
    func readYourWrites(implementation: Implementation<any Database>) async throws {
        try await implementation.open { database in
            try await Self.createTable(in: database)
            let outcomes = await Race.run(8) { runner in
                for turn in 0..<10 {
                    let id = Int64(runner * 10 + turn)
                    _ = try await database.commit([Self.insert(id)], announcing: [])
                    let found = try await database.read {
                        try $0.integer("SELECT count(*) FROM t WHERE id = $1", [.integer(id)])
                    }
                    guard found == 1 else { throw Refused() }
                }
            }
            #expect(outcomes.errors.isEmpty)
        }
    }

    @Test("the queries of one read see one moment", arguments: Implementation<any Database>.all)
    func snapshot(implementation: Implementation<any Database>) async throws {
        try await implementation.open { database in
            try await Self.createTable(in: database)
            _ = try await database.commit(
                [Statement("INSERT INTO t (id, n) VALUES (1, 500), (2, 500)")], announcing: [])
            let outcomes = await Race.run(8) { runner in
                for _ in 0..<25 {
                    if runner < 4 {
                        _ = try await database.commit(
                            [
                                Statement("UPDATE t SET n = n - 1 WHERE id = 1"),
                                Statement("UPDATE t SET n = n + 1 WHERE id = 2"),
                            ], announcing: [])
                    } else {
                        let total = try await database.read { store in
                            try store.integer("SELECT n FROM t WHERE id = 1")
                                + store.integer("SELECT n FROM t WHERE id = 2")
                        }
                        guard total == 1_000 else { throw Refused() }
                    }
                }
            }
            #expect(outcomes.errors.isEmpty)
            #expect(try await database.read { try $0.integer("SELECT n FROM t WHERE id = 1") } == 400)
        }
    }

    @Test("errors are told apart", arguments: Implementation<any Database>.all)
    func errors(implementation: Implementation<any Database>) async throws {
        try await implementation.open { database in
            try await Self.createTable(in: database)
            _ = try await database.commit(
                [
                    Statement("CREATE TABLE child (t BIGINT NOT NULL REFERENCES t (id), n BIGINT CHECK (n > 0))"),
                    Self.insert(1),
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
            try await Self.createTable(in: database)
            try await database.checkWritable()
            try await database.close()
            let onWrite = await #expect(throws: SQLError.self) {
                try await database.commit([Self.insert(1)], announcing: [])
            }
            #expect(onWrite?.code == .unavailable)
            let onRead = await #expect(throws: SQLError.self) { try await Self.ids(database) }
            #expect(onRead?.code == .unavailable)
        }
    }
}
