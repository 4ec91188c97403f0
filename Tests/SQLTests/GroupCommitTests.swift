import Core
import SQL
import Testing
import TestSupport

@Suite(.timeLimit(.minutes(10))) struct GroupCommitTests {
    let store: Store
    let database: SQLiteDatabase

    init() async throws {
        store = try await Store()
        database = store.database
    }

    @Test("the connection that commits syncs every commit")
    func synchronous() async throws {
        #expect(try await database.effectiveSynchronous() == 2)
        let journal = try await database.read { try $0.first("PRAGMA journal_mode") { $0.text(0) } }
        #expect(journal == "wal")
    }

    @Test("500 writes at once: those that fail are undone alone")
    func failingNeighbours() async throws {
        try await store.insert("taken")
        let database = database
        let outcomes = await withTaskGroup(of: (Int, Result<Void, any Error>).self) { group in
            for number in 0..<500 {
                group.addTask {
                    do {
                        let body = { @Sendable (store: any SQLWriter) in
                            try store.execute("INSERT INTO notes (name) VALUES ($1)", [.text("note \(number)")])
                            guard number.isMultiple(of: 7) else { return }
                            try store.execute("INSERT INTO notes (name) VALUES ($1)", [.text("taken")])
                        }
                        // Some share their transaction with no other.
                        if number.isMultiple(of: 5) {
                            try await database.writeMuch(body)
                        } else {
                            try await database.write(body)
                        }
                        return (number, .success(()))
                    } catch { return (number, .failure(error)) }
                }
            }
            return await group.reduce(into: [Int: Result<Void, any Error>]()) { $0[$1.0] = $1.1 }
        }
        for (number, outcome) in outcomes {
            switch outcome {
            case .success: #expect(!number.isMultiple(of: 7))
            case .failure(let error):
                #expect(number.isMultiple(of: 7))
                #expect((error as? SQLError)?.code == .uniqueViolation)
            }
        }
        let expected = Set((0..<500).filter { !$0.isMultiple(of: 7) }.map { "note \($0)" } + ["taken"])
        #expect(Set(try await store.names()) == expected)
    }

    @Test("an error of the closure reaches the caller and undoes its writes")
    func thrownError() async throws {
        let database = database
        await #expect(throws: Refused()) {
            try await database.write { store in
                try store.execute("INSERT INTO notes (name) VALUES ('gone')", [])
                throw Refused()
            }
        }
        #expect(try await store.names().isEmpty)
    }

    @Test("an unmet expectation undoes the whole list", arguments: [0, 1, 2])
    func expectation(place: Int) async throws {
        try await store.insert("old")
        var statements = [
            Statement("INSERT INTO notes (name) VALUES ('new')"),
            Statement("UPDATE notes SET name = 'changed' WHERE name = 'old'"),
        ]
        statements.insert(
            Statement("DELETE FROM notes WHERE name = 'absent'", expecting: .rows(1, otherwise: Refused())), at: place)
        await #expect(throws: Refused()) { try await database.commit(statements, announcing: [.bulk]) }
        #expect(try await store.names() == ["old"])
    }

    @Test("each statement has its result")
    func results() async throws {
        let results = try await database.commit(
            [
                Statement("INSERT INTO notes (name) VALUES ('a'), ('b') RETURNING seq, name, value"),
                Statement("UPDATE notes SET value = $1", [.integer(7)], expecting: .rows(2, otherwise: Refused())),
                Statement("UPDATE notes SET value = 8 WHERE name = 'c'"),
                Statement("INSERT INTO notes (name) VALUES ('a') ON CONFLICT (name) DO NOTHING RETURNING seq"),
            ], announcing: [])
        #expect(results.map(\.rowsAffected) == [2, 2, 0, 0])
        #expect(results[0].rows == [[1, "a", nil], [2, "b", nil]])
        #expect(results[1].rows.isEmpty)
    }

    @Test("errors are told apart")
    func errorCodes() async throws {
        func code(_ sql: String) async -> SQLError.Code? {
            do { _ = try await database.commit([Statement(sql)], announcing: []) } catch {
                return (error as? SQLError)?.code
            }
            return nil
        }
        #expect(await code("CREATE TABLE parent (id INTEGER PRIMARY KEY, n INTEGER NOT NULL CHECK (n > 0))") == nil)
        #expect(await code("CREATE TABLE child (parent INTEGER REFERENCES parent (id))") == nil)
        #expect(await code("INSERT INTO parent VALUES (1, 1)") == nil)
        #expect(await code("INSERT INTO parent VALUES (1, 1)") == .uniqueViolation)
        #expect(await code("INSERT INTO parent VALUES (2, 0)") == .constraintViolation)
        #expect(await code("INSERT INTO parent VALUES (3, NULL)") == .constraintViolation)
        #expect(await code("INSERT INTO child VALUES (9)") == .foreignKeyViolation)
        #expect(await code("INSERT INTO absent VALUES (9)") == .other)
    }

    @Test("a write is there for every read that starts after it")
    func readYourWrites() async throws {
        let store = store
        try await withThrowingTaskGroup { group in
            for writer in 0..<8 {
                group.addTask {
                    for turn in 0..<25 {
                        let name = "\(writer)-\(turn)"
                        try await store.insert(name)
                        let found = try await store.database.read {
                            try $0.integer("SELECT count(*) FROM notes WHERE name = $1", [.text(name)])
                        }
                        #expect(found == 1)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("a closed store refuses, and a store can be proved to be writable")
    func closed() async throws {
        try await database.checkWritable()
        try await database.checkWritable()
        try await database.close()
        for call in [
            { try await database.checkWritable() }, { _ = try await store.names() },
            { _ = try await database.commit([Store.insert("late")], announcing: []) },
        ] as [() async throws -> Void] {
            let error = await #expect(throws: SQLError.self) { try await call() }
            #expect(error?.code == .unavailable)
        }
    }
}
