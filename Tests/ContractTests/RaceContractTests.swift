import Core
import SQL
import Testing
import TestSupport

/// What holds however many write at once: these rules guard usernames, follows, sessions and limits.
@Suite(.timeLimit(.minutes(10))) struct RaceContractTests {
    struct LimitReached: Error {}

    static let writers = 16

    /// A unique rule, and an insert that two may not both do.
    static let uniqueRules = [
        ("CREATE TABLE t (id BIGINT PRIMARY KEY NOT NULL)", "INSERT INTO t (id) VALUES (1)"),
        (
            "CREATE TABLE t (a BIGINT NOT NULL, b BIGINT NOT NULL, PRIMARY KEY (a, b))",
            "INSERT INTO t (a, b) VALUES (1, 2)"
        ),
        ("CREATE TABLE t (name TEXT UNIQUE NOT NULL)", "INSERT INTO t (name) VALUES ('alice')"),
        (
            "CREATE TABLE t (name TEXT NOT NULL); CREATE UNIQUE INDEX u ON t (lower(name))",
            "INSERT INTO t VALUES ('Bob')"
        ),
        (
            "CREATE TABLE t (name TEXT, gone BIGINT); CREATE UNIQUE INDEX u ON t (name) WHERE gone IS NULL",
            "INSERT INTO t (name) VALUES ('carol')"
        ),
    ]

    private static func create(_ sql: String, in database: any Database) async throws {
        let statements = sql.split(separator: "; ").map { Statement(String($0)) }
        _ = try await database.commit(statements, announcing: [])
    }

    private static func count(_ database: any Database) async throws -> Int64 {
        try await database.read { try $0.integer("SELECT count(*) FROM t") }
    }

    @Test("of those who race for a unique place one gets it", arguments: Implementation<any Database>.all, uniqueRules)
    func unique(implementation: Implementation<any Database>, rule: (table: String, insert: String)) async throws {
        try await implementation.open { database in
            try await Self.create(rule.table, in: database)
            let outcomes = await Race.run(Self.writers) { runner in
                if runner.isMultiple(of: 2) {
                    try await database.write { _ = try $0.execute(rule.insert, []) }
                } else {
                    _ = try await database.commit([Statement(rule.insert)], announcing: [])
                }
            }
            #expect(outcomes.winners == 1)
            #expect(outcomes.errors.allSatisfy { ($0 as? SQLError)?.code == .uniqueViolation })
            #expect(try await Self.count(database) == 1)
        }
    }

    @Test("who looks before inserting finds the place taken, or takes it", arguments: Implementation<any Database>.all)
    func checkThenInsert(implementation: Implementation<any Database>) async throws {
        try await implementation.open { database in
            try await Self.create("CREATE TABLE t (name TEXT NOT NULL)", in: database)
            let outcomes = await Race.run(Self.writers) { _ in
                try await database.write { store in
                    guard try store.integer("SELECT count(*) FROM t WHERE name = 'dan'") == 0 else {
                        throw LimitReached()
                    }
                    try store.execute("INSERT INTO t (name) VALUES ('dan')", [])
                }
            }
            #expect(outcomes.compactMap { try? $0.get() }.count == 1)
            #expect(try await Self.count(database) == 1)
        }
    }

    @Test("a limit by count holds in a write", arguments: Implementation<any Database>.all, [1, 10])
    func countedLimit(implementation: Implementation<any Database>, limit: Int) async throws {
        try await implementation.open { database in
            try await Self.create("CREATE TABLE t (owner BIGINT NOT NULL, n BIGINT NOT NULL)", in: database)
            let outcomes = await Race.run(Self.writers * 4) { runner in
                try await database.write { store in
                    guard try store.integer("SELECT count(*) FROM t WHERE owner = 1") < limit else {
                        throw LimitReached()
                    }
                    _ = try store.execute("INSERT INTO t (owner, n) VALUES (1, $1)", [.integer(Int64(runner))])
                }
            }
            #expect(outcomes.winners == limit)
            #expect(outcomes.errors.allSatisfy { $0 is LimitReached })
            #expect(try await Self.count(database) == limit)
        }
    }

    @Test("a limit by counter holds in a commit", arguments: Implementation<any Database>.all, [1, 10])
    func counterLimit(implementation: Implementation<any Database>, limit: Int) async throws {
        try await implementation.open { database in
            try await Self.create(
                "CREATE TABLE t (n BIGINT NOT NULL); CREATE TABLE counters (id BIGINT PRIMARY KEY NOT NULL, n BIGINT NOT NULL); "
                    + "INSERT INTO counters VALUES (1, 0)", in: database)
            let outcomes = await Race.run(Self.writers * 4) { runner in
                _ = try await database.commit(
                    [
                        Statement("INSERT INTO t (n) VALUES ($1)", [.integer(Int64(runner))]),
                        Statement(
                            "UPDATE counters SET n = n + 1 WHERE id = 1 AND n < $1", [.integer(Int64(limit))],
                            expecting: .rows(1, otherwise: LimitReached())),
                    ], announcing: [])
            }
            #expect(outcomes.winners == limit)
            #expect(outcomes.errors.allSatisfy { $0 is LimitReached })
            #expect(try await Self.count(database) == limit)
            #expect(try await database.read { try $0.integer("SELECT n FROM counters") } == Int64(limit))
        }
    }

    @Test("no update is lost between a read and a write", arguments: Implementation<any Database>.all)
    func lostUpdate(implementation: Implementation<any Database>) async throws {
        try await implementation.open { database in
            try await Self.create(
                "CREATE TABLE t (id BIGINT PRIMARY KEY NOT NULL, n BIGINT NOT NULL); INSERT INTO t VALUES (1, 0)",
                in: database)
            let outcomes = await Race.run(Self.writers) { _ in
                for _ in 0..<10 {
                    try await database.write { store in
                        let n = try store.integer("SELECT n FROM t WHERE id = 1")
                        _ = try store.execute("UPDATE t SET n = $1 WHERE id = 1", [.integer(n + 1)])
                    }
                }
            }
            #expect(outcomes.errors.isEmpty)
            #expect(try await database.read { try $0.integer("SELECT n FROM t") } == Int64(Self.writers * 10))
        }
    }

    @Test("two who look at each other's row do not both go", arguments: Implementation<any Database>.all)
    func writeSkew(implementation: Implementation<any Database>) async throws {
        try await implementation.open { database in
            try await Self.create(
                "CREATE TABLE t (id BIGINT PRIMARY KEY NOT NULL, stays BIGINT NOT NULL)", in: database)
            for round in 0..<20 as Range<Int64> {
                let pair: [SQLValue] = [.integer(round * 2), .integer(round * 2 + 1)]
                try await database.write { _ = try $0.execute("INSERT INTO t VALUES ($1, 1), ($2, 1)", pair) }
                let outcomes = await Race.run(2) { runner in
                    try await database.write { store in
                        let stay = try store.integer("SELECT sum(stays) FROM t WHERE id = $1 OR id = $2", pair)
                        guard stay == 2 else { throw LimitReached() }
                        _ = try store.execute("UPDATE t SET stays = 0 WHERE id = $1", [pair[runner]])
                    }
                }
                #expect(outcomes.winners == 1)
            }
        }
    }

    @Test("steps that two run at once run once", arguments: Implementation<any Database>.all)
    func migrations(implementation: Implementation<any Database>) async throws {
        try await implementation.open { database in
            let migrator = Migrator([Migration("0001-t") { _ in ["CREATE TABLE t (n BIGINT NOT NULL)"] }])
            let outcomes = await Race.run(4) { _ in try await migrator.migrate(database).count }
            let applied = try outcomes.map { try $0.get() }
            #expect(applied.reduce(0, +) == 1)
        }
    }
}
