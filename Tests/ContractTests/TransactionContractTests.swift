import Core
import SQL
import Synchronization
import Testing
import TestSupport

/// What transactions promise: all or nothing, in order, seen by all who come after.
@Suite(.timeLimit(.minutes(10))) struct TransactionContractTests {
    struct Refused: Error, Hashable {}

    final class Recorder: CommitObserver {
        private let seen = Mutex<[Change]>([])

        var changes: [Change] { seen.withLock { $0 } }

        func committed(_ changes: [Change]) {
            seen.withLock { $0 += changes }
        }
    }

    @Test("what fails leaves nothing behind and announces nothing", arguments: Implementation<any Database>.all)
    func undone(implementation: Implementation<any Database>) async throws {
        try await implementation.open { database in
            try await ContractTable.create(in: database)
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
                        ContractTable.insert(2),
                        Statement("DELETE FROM t WHERE id = 9", expecting: .rows(1, otherwise: Refused())),
                    ],
                    announcing: [.account(2)])
            }
            await #expect(throws: SQLError.self) {
                try await database.commit(
                    [ContractTable.insert(3), ContractTable.insert(3)], announcing: [.account(3)])
            }
            _ = try await database.commit([ContractTable.insert(4)], announcing: [.account(4)])
            #expect(try await ContractTable.ids(database) == [4])
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
            try await ContractTable.create(in: database)
            let outcomes = await Race.run(8) { runner in
                for turn in 0..<10 {
                    let id = Int64(runner * 10 + turn)
                    _ = try await database.commit([ContractTable.insert(id)], announcing: [])
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
            try await ContractTable.create(in: database)
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
}
