import Core
import SQL
import Testing
import TestSupport

/// Fixed transactions that share a flush stay apart.
@Suite(.timeLimit(.minutes(10))) struct BatchTests {
    struct Refused: Error, Hashable { let number: Int }

    private static let tables = [
        Statement("CREATE TABLE t (id BIGINT PRIMARY KEY NOT NULL, small SMALLINT, n INTEGER, name TEXT)"),
        Statement("CREATE TABLE once (id BIGINT PRIMARY KEY NOT NULL)"),
    ]

    @Test("one that fails fails alone, with its own error, and leaves nothing")
    func failures() async throws {
        try await Server.withProcesses(1) { processes in
            let database = processes[0]
            _ = try await database.commit(Self.tables, announcing: [])
            let recorder = Recorder()
            database.observe(recorder)
            let outcomes = await withTaskGroup(of: (Int, (any Error)?).self) { group in
                for number in 0..<200 {
                    group.addTask {
                        do {
                            _ = try await database.commit(
                                Self.statements(number), announcing: [.account(Int64(number))])
                            return (number, nil)
                        } catch { return (number, error) }
                    }
                }
                return await group.reduce(into: [Int: any Error]()) { if let error = $1.1 { $0[$1.0] = error } }
            }
            for number in 0..<200 {
                switch number % 5 {
                case 1: #expect(outcomes[number] as? Refused == Refused(number: number))
                case 2: #expect((outcomes[number] as? SQLError)?.code == .other)
                case 3: break
                default: #expect(outcomes[number] == nil)
                }
            }
            #expect(outcomes.count { $0.key % 5 == 3 } == 39)
            #expect(
                outcomes.filter { $0.key % 5 == 3 }.allSatisfy { ($0.value as? SQLError)?.code == .uniqueViolation })
            let good = (0..<200).filter { outcomes[$0] == nil }.map(Int64.init)
            #expect(
                try await database.read { try $0.query("SELECT id FROM t ORDER BY id", []) { $0.int64(0) } } == good)
            #expect(Set(recorder.changes) == Set(good.map { .account($0) }))
            #expect(recorder.changes.count == good.count)
        }
    }

    /// One of five promises a row that is not there, one is no SQL, and of one kind only the first can succeed.
    private static func statements(_ number: Int) -> [Statement] {
        let insert = Statement("INSERT INTO t (id) VALUES ($1)", [.integer(Int64(number))])
        switch number % 5 {
        case 1:
            let missing = Statement(
                "DELETE FROM once WHERE id = 99", expecting: .rows(1, otherwise: Refused(number: number)))
            return [insert, missing, insert]
        case 2: return [insert, Statement("SELECT nothing FROM nowhere")]
        case 3: return [insert, Statement("INSERT INTO once (id) VALUES (1)")]
        default: return [insert, Statement("UPDATE t SET n = 1 WHERE id = $1", [.integer(Int64(number))])]
        }
    }

    @Test("expected rows are counted, and returned where they are asked for")
    func expectations() async throws {
        try await Server.withProcesses(1) { processes in
            let database = processes[0]
            _ = try await database.commit(Self.tables, announcing: [])
            let none = Statement.Expectation.rows(0, otherwise: Refused(number: 0))
            let two = Statement.Expectation.rows(2, otherwise: Refused(number: 2))
            let results = try await database.commit(
                [
                    Statement("INSERT INTO t (id) VALUES (1), (2) RETURNING id, name", expecting: two),
                    Statement("DELETE FROM t WHERE id = 9 RETURNING id", expecting: none),
                    Statement("DELETE FROM t WHERE id = 9", expecting: none),
                    Statement("SELECT id FROM t WHERE id < $1", [3], expecting: two),
                ], announcing: [])
            #expect(results.map(\.rowsAffected) == [2, 0, 0, 2])
            #expect(results[0].rows == [[1, nil], [2, nil]])
            #expect(results[1].rows.isEmpty)
            for sql in ["DELETE FROM t WHERE id = 9 RETURNING id", "DELETE FROM t WHERE id = 9", "SELECT id FROM once"]
            {
                await #expect(throws: Refused(number: 2)) {
                    try await database.commit([Statement(sql, expecting: two)], announcing: [])
                }
            }
        }
    }

    @Test("a column takes what SQLite takes: null and not null, small and large, in any order")
    func types() async throws {
        try await Server.withProcesses(1) { processes in
            let database = processes[0]
            _ = try await database.commit(Self.tables, announcing: [])
            let rows: [[SQLValue]] = [
                [1, nil, nil, nil], [2, 7, -7, "x"], [3, nil, 9, nil], [4, -32_768, 2_147_483_647, ""],
            ]
            for row in rows {
                _ = try await database.commit(
                    [Statement("INSERT INTO t (id, small, n, name) VALUES ($1, $2, $3, $4)", row)], announcing: [])
            }
            let results = try await database.commit(
                [
                    Statement("SELECT id, small, n, name FROM t ORDER BY id"),
                    Statement(
                        "SELECT sum(id), sum(n), avg(id), count(*) > 1, 1.5, -sum(id) * 100000, 0 * sum(id) FROM t"),
                ], announcing: [])
            #expect(results[0].rows == rows)
            #expect(results[1].rows == [[10, 2_147_483_649, .real(2.5), 1, .real(1.5), -1_000_000, 0]])
            let tooLarge = await #expect(throws: SQLError.self) {
                try await database.commit([Statement("UPDATE t SET small = $1", [40_000])], announcing: [])
            }
            #expect(tooLarge?.code == .other)
        }
    }

    @Test("text that PostgreSQL cannot hold is refused, alone")
    func zeros() async throws {
        try await Server.withProcesses(1) { processes in
            let database = processes[0]
            _ = try await database.commit(Self.tables, announcing: [])
            let zero = Statement("INSERT INTO t (id, name) VALUES (1, $1)", ["a\0b"])
            await #expect(throws: SQLError.self) { try await database.commit([zero], announcing: []) }
            await #expect(throws: SQLError.self) {
                try await database.write { try $0.execute(zero.sql, zero.arguments) }
            }
            await #expect(throws: SQLError.self) {
                try await database.read { try $0.integer("SELECT count(*) FROM t WHERE name = $1", zero.arguments) }
            }
            #expect(try await database.read { try $0.integer("SELECT count(*) FROM t") } == 0)
        }
    }

    @Test("more statements than a connection keeps prepared")
    func preparedStatements() async throws {
        try await Server.withProcesses(1) { settings in
            settings.readerConnections = 1
        } _: { processes in
            for number in 0..<1_200 as Range<Int64> {
                let sql = "SELECT \(number % 700) + $1"
                let sum = try await processes[0].read { store in try store.integer(sql, [1]) }
                #expect(sum == number % 700 + 1)
            }
            let kept = try await processes[0].read { try $0.integer("SELECT count(*) FROM pg_prepared_statements") }
            #expect(kept <= 520)
        }
    }
}
