import Core
import EventLog
import SQL
import Synchronization
import Testing
import TestServers
import TestSupport

/// Servers and connections that go away.
@Suite(.timeLimit(.minutes(10))) struct LossTests {
    private static let table = Statement("CREATE TABLE t (id BIGINT PRIMARY KEY NOT NULL)")

    /// Writes until it is told to end.
    private final class Writers: Sendable {
        let acknowledged = Mutex<[Int64]>([])
        let failures = Mutex<[any Error]>([])
        let isOver = Atomic<Bool>(false)

        func run(_ count: Int, on database: any Database) async {
            await withTaskGroup(of: Void.self) { group in
                for writer in 0..<count {
                    group.addTask {
                        var turn: Int64 = 0
                        while !self.isOver.load(ordering: .relaxed) {
                            await self.write(Int64(writer) * 1_000_000 + turn, in: database)
                            turn += 1
                        }
                    }
                }
            }
        }

        private func write(_ id: Int64, in database: any Database) async {
            let event = Event(.followed, key: id, subject: 0, occurredAt: 0)
            let insert = Statement("INSERT INTO t VALUES ($1)", [.integer(id)])
            do {
                if id.isMultiple(of: 3) {
                    try await database.write { store in
                        try store.execute(insert.sql, insert.arguments)
                        try Outbox.append(event, in: store)
                    }
                } else {
                    _ = try await database.commit(
                        [insert, Outbox.append(event)], announcing: [.account(id), .eventsAppended])
                }
                acknowledged.withLock { $0.append(id) }
            } catch {
                failures.withLock { $0.append(error) }
                // As a client does that was told to come back later.
                try? await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    @Test("killed and started again under writes, nothing acknowledged is lost and no event is alone")
    func killed() async throws {
        let server = try PostgreSQLServer()
        try await Server.withProcesses(1, on: server) { processes in
            let database = processes[0]
            try await Migrator([Outbox.migration]).migrate(database)
            _ = try await database.commit([Self.table], announcing: [])
            let writers = Writers()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await writers.run(16, on: database) }
                defer { writers.isOver.store(true, ordering: .relaxed) }
                for round in 1...3 {
                    #expect(try await eventually { writers.acknowledged.withLock { $0.count } >= round * 300 })
                    server.kill()
                    await #expect(throws: SQLError.self) { try await database.checkWritable() }
                    #expect(try await eventually { !database.cacheLease.isValid })
                    try server.start()
                    #expect(try await eventually { database.cacheLease.isValid })
                }
                writers.isOver.store(true, ordering: .relaxed)
                try await group.waitForAll()
            }
            #expect(try await eventually { (try? await database.checkWritable()) != nil })
            let (rows, events) = try await database.read { store in
                (
                    try store.query("SELECT id FROM t", []) { $0.int64(0) },
                    try store.query("SELECT key FROM outbox ORDER BY event_offset", []) { $0.int64(0) }
                )
            }
            #expect(Set(rows).isSuperset(of: writers.acknowledged.withLock { $0 }))
            #expect(Set(rows) == Set(events))
            #expect(rows.count == events.count)
            let codes = writers.failures.withLock { $0.map { ($0 as? SQLError)?.code } }
            #expect(!codes.isEmpty)
            #expect(codes.allSatisfy { $0 == .unavailable || $0 == .overloaded })
        }
    }

    @Test("connections cut by the server come back by themselves")
    func cut() async throws {
        let server = try PostgreSQLServer()
        try await Server.withProcesses(1, on: server) { processes in
            let database = processes[0]
            _ = try await database.commit([Self.table], announcing: [])
            for _ in 0..<5 {
                try server.query(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'starling'")
                #expect(try await eventually { (try? await database.checkWritable()) != nil })
                #expect(try await eventually { (try? await database.read { try $0.integer("SELECT 1") }) == 1 })
                #expect(try await eventually { database.cacheLease.isValid })
            }
        }
    }

    @Test("a server that does not answer costs a bounded wait")
    func stopped() async throws {
        let server = try PostgreSQLServer()
        try await Server.withProcesses(1, on: server) { settings in
            settings.statementTimeout = .milliseconds(300)
            settings.lockTimeout = .milliseconds(200)
            settings.answerGrace = .milliseconds(200)
        } _: { processes in
            let database = processes[0]
            _ = try await database.commit([Self.table], announcing: [])
            server.pause()
            let onRead = await #expect(throws: SQLError.self) { try await database.read { try $0.integer("SELECT 1") } }
            #expect(onRead?.code == .unavailable)
            let onCommit = await #expect(throws: SQLError.self) {
                try await database.commit([Statement("INSERT INTO t VALUES (1)")], announcing: [])
            }
            #expect(onCommit?.code == .unavailable)
            server.resume()
            #expect(try await eventually { (try? await database.checkWritable()) != nil })
        }
    }

    @Test("a statement or a lock that takes too long is given up, typed")
    func timeouts() async throws {
        try await Server.withProcesses(2) { settings in
            settings.statementTimeout = .milliseconds(500)
            settings.lockTimeout = .milliseconds(200)
        } _: { processes in
            _ = try await processes[0].commit([Self.table, Statement("INSERT INTO t VALUES (1)")], announcing: [])
            let slow = await #expect(throws: SQLError.self) {
                try await processes[0].read { try $0.integer("SELECT 1 FROM pg_sleep(30)") }
            }
            #expect(slow?.code == .overloaded)
            let waiting = await #expect(throws: SQLError.self) {
                try await processes[0].write { store in
                    try store.execute("UPDATE t SET id = 2", [])
                    // On the queue of another connection, while this one holds the row.
                    let other = Mutex<(any Error)?>(nil)
                    let ended = Atomic<Bool>(false)
                    Task {
                        do {
                            _ = try await processes[1].commit([Statement("UPDATE t SET id = 3")], announcing: [])
                        } catch {
                            other.withLock { $0 = error }
                        }
                        ended.store(true, ordering: .releasing)
                    }
                    while !ended.load(ordering: .acquiring) {}
                    if let error = other.withLock({ $0 }) { throw error }
                }
            }
            #expect(waiting?.code == .overloaded)
        }
    }

    @Test("what is wrong with a URL is said without its password")
    func passwords() async throws {
        for url in [
            "postgres://starling:sesame@127.0.0.1:1/x", "postgres://starling:sesame@[/x",
            "host=sesame password=sesame x",
        ] {
            let error = await #expect(throws: SQLError.self) { try await Server.open(PostgreSQLSettings(url: url)) }
            #expect(error?.description.contains("sesame") == false)
        }
    }

    @Test(
        "a server that loses commits in a crash is refused",
        arguments: ["fsync=off", "full_page_writes=off", "synchronous_commit=off"])
    func unsafeServer(setting: String) async throws {
        let server = try PostgreSQLServer(settings: [setting])
        var settings = try Server.settings(server)
        await #expect(throws: SQLError.self) { try await Server.open(settings) }
        settings.acceptsUnsafeServer = true
        try await Server.open(settings).close()
    }
}
