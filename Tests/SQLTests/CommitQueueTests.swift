import Core
import SQL
import Testing
import TestSupport

@Suite(.timeLimit(.minutes(10))) struct CommitQueueTests {
    let store: Store
    let database: SQLiteDatabase

    init() async throws {
        store = try await Store()
        database = store.database
    }

    @Test("past the bound of the queue a write is refused at once, and the others go on")
    func bound() async throws {
        let (database, excess) = (database, 10)
        try await withThrowingTaskGroup(of: Void.self) { blocking in
            let block = try await WriterBlock(database, in: &blocking)
            let refused = await withTaskGroup(of: SQLError.Code?.self) { group in
                for _ in 0..<Limits.commitQueueMax + excess {
                    group.addTask {
                        do {
                            _ = try await database.commit([Statement("SELECT 1")], announcing: [])
                            return nil
                        } catch { return (error as? SQLError)?.code }
                    }
                }
                // The writer is blocked, so what returns now was refused.
                for _ in 0..<excess { #expect(await group.next() == .overloaded) }
                block.lift()
                return await group.reduce(0) { $0 + ($1 == nil ? 0 : 1) }
            }
            #expect(refused == 0)
            try await blocking.waitForAll()
        }
    }

    @Test("closing lets queued writes finish, over as many batches as it takes")
    func closing() async throws {
        let (store, database) = (store, database)
        let count = Limits.commitBatchMax * 3 + 10
        try await withThrowingTaskGroup(of: Void.self) { group in
            let block = try await WriterBlock(database, in: &group)
            let executor = HoldingExecutor()
            let writes = (0..<count).map { number in
                Task(executorPreference: executor) { try await store.insert("queued \(number)") }
            }
            let closing = Task(executorPreference: executor) { try await database.close() }
            let late = Task(executorPreference: executor) { try await store.insert("late") }
            executor.runUntilIdle()
            executor.release()
            block.lift()
            for write in writes { try await write.value }
            try await closing.value
            let error = await #expect(throws: SQLError.self) { try await late.value }
            #expect(error?.code == .unavailable)
            try await group.waitForAll()
        }
        let reopened = try SQLiteDatabase(path: store.folder.file("test.db"))
        #expect(try await reopened.read { try $0.integer("SELECT count(*) FROM notes") } == Int64(count))
    }
}
