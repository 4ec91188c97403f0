import Core
import SQL
import Testing
import TestSupport

@Suite(.timeLimit(.minutes(10))) struct ChangeAnnouncementTests {
    let store: Store
    let database: SQLiteDatabase
    let recorder = ChangeRecorder()

    init() async throws {
        store = try await Store()
        database = store.database
        database.observe(recorder)
    }

    @Test("changes are announced in commit order and before the writer goes on")
    func order() async throws {
        let (database, recorder) = (database, recorder)
        try await withThrowingTaskGroup { group in
            for number in 0..<300 as Range<Int64> {
                group.addTask {
                    let change = Change.account(number)
                    let name = SQLValue.text("\(number)")
                    if number.isMultiple(of: 2) {
                        try await database.write { store in
                            try store.execute("INSERT INTO notes (name) VALUES ($1)", [name])
                            store.announce(change)
                        }
                    } else {
                        let insert = Statement("INSERT INTO notes (name) VALUES ($1)", [name])
                        _ = try await database.commit([insert], announcing: [change])
                    }
                    #expect(recorder.changes.contains(change))
                }
            }
            try await group.waitForAll()
        }
        let committed = try await store.names().compactMap { Int64($0) }.map(Change.account)
        #expect(committed.count == 300)
        #expect(recorder.changes == committed)
    }

    @Test("what was undone is not announced")
    func undone() async throws {
        let database = database
        try await database.write { $0.announce(.account(1)) }
        await #expect(throws: Refused()) {
            try await database.write { store in
                store.announce(.account(2))
                throw Refused()
            }
        }
        await #expect(throws: Refused()) {
            try await database.commit(
                [Statement("DELETE FROM notes", expecting: .rows(1, otherwise: Refused()))],
                announcing: [.account(3)])
        }
        try await database.write { store in
            store.announce(.account(4))
            store.announce(.account(5))
        }
        #expect(recorder.changes == [.account(1), .account(4), .account(5)])
    }

    @Test("those who share a commit with one that fails are announced once, and all of them are there")
    func neighbours() async throws {
        let (database, recorder) = (database, recorder)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let block = try await WriterBlock(database, in: &group)
            let executor = HoldingExecutor()
            let writes = (0..<5 as Range<Int64>).map { number in
                Task(executorPreference: executor) {
                    try await database.write { store in
                        try store.execute("INSERT INTO notes (name) VALUES ($1)", [.text("\(number)")])
                        store.announce(.account(number))
                        if number == 2 { throw Refused() }
                    }
                }
            }
            executor.runUntilIdle()
            executor.release()
            block.lift()
            for (number, write) in writes.enumerated() {
                if number == 2 {
                    await #expect(throws: Refused()) { try await write.value }
                } else {
                    try await write.value
                }
            }
            try await group.waitForAll()
        }
        #expect(recorder.changes == [0, 1, 3, 4].map { .account($0) })
        #expect(try await store.names() == ["0", "1", "3", "4"])
    }

    @Test("an observer finds the change in the store")
    func visible() async throws {
        // The observer runs on the writer's thread, so it looks through a connection of its own.
        struct Witness: CommitObserver {
            let path: String
            let found: ChangeRecorder

            func committed(_ changes: [Change]) {
                guard let names = try? StoredNames.read(path), names.contains("seen") else { return }
                found.committed(changes)
            }
        }
        database.observe(Witness(path: store.folder.file("test.db"), found: recorder))
        _ = try await database.commit([Store.insert("seen")], announcing: [.bulk])
        #expect(recorder.changes == [.bulk, .bulk])
    }
}
