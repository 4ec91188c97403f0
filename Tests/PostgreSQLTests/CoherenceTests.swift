import Core
import SQL
import TestServers
import Testing
import TestSupport

/// Several processes on one store: what one commits, the others know, or they say that they do not know.
@Suite(.timeLimit(.minutes(10))) struct CoherenceTests {
    private static let table = Statement("CREATE TABLE t (id BIGINT PRIMARY KEY NOT NULL)")

    @Test("every process is told every change once, in one order")
    func oneOrder() async throws {
        try await Server.withProcesses(3) { processes in
            _ = try await processes[0].commit([Self.table], announcing: [])
            let recorders = processes.map { process in
                let recorder = Recorder()
                process.observe(recorder)
                return recorder
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (writer, process) in processes.enumerated() {
                    for turn in 0..<100 {
                        let id = Int64(writer * 1_000 + turn)
                        group.addTask {
                            let insert = Statement("INSERT INTO t VALUES ($1)", [.integer(id)])
                            if turn.isMultiple(of: 4) {
                                try await process.write { store in
                                    _ = try store.execute(insert.sql, insert.arguments)
                                    store.announce(.published(post: id, author: 1, position: id))
                                }
                            } else {
                                _ = try await process.commit(
                                    [insert], announcing: [.published(post: id, author: 1, position: id)])
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await eventually { recorders.allSatisfy { $0.changes.count >= 300 } })
            let first = recorders[0].changes
            #expect(Set(first).count == 300)
            #expect(recorders.allSatisfy { $0.changes == first })
        }
    }

    @Test("a write that hides something returns once the others know it", arguments: [true, false])
    func restriction(isFixed: Bool) async throws {
        try await Server.withProcesses(2) { processes in
            let recorder = Recorder()
            processes[1].observe(recorder)
            #expect(try await eventually { processes[1].cacheLease.isValid })
            for turn in 0..<20 as Range<Int64> {
                if isFixed {
                    _ = try await processes[0].commit([Statement("SELECT 1")], announcing: [.account(turn)])
                } else {
                    try await processes[0].write { $0.announce(.account(turn)) }
                }
                #expect(recorder.changes.contains(.account(turn)) || !processes[1].cacheLease.isValid)
            }
        }
    }

    @Test("a stopped process keeps others waiting no longer than its lease, and then knows nothing")
    func stopped() async throws {
        try await Server.withProcesses(2) { settings in
            settings.leaseDuration = .seconds(3)
        } _: { processes in
            let recorder = Recorder()
            processes[1].observe(recorder)
            try await Server.holdWhileTrusted(processes[1])
            _ = try await processes[0].commit([Statement("SELECT 1")], announcing: [.account(1)])
            #expect(!processes[1].cacheLease.isValid)
            #expect(!recorder.changes.contains(.account(1)))
            // Nobody waits for it any more, and it loses nothing.
            _ = try await processes[0].commit([Statement("SELECT 1")], announcing: [.account(2)])
            await processes[1].holdFollower(false)
            #expect(try await eventually { processes[1].cacheLease.isValid })
            #expect(recorder.changes == [.account(1), .account(2)])
        }
    }

    @Test("processes may start at once, whatever isolation the server has by default")
    func started() async throws {
        let server = try PostgreSQLServer(settings: ["default_transaction_isolation=serializable"])
        let settings = try Server.settings(server)
        let processes = try await withThrowingTaskGroup(of: PostgreSQLDatabase.self) { group in
            for _ in 0..<8 { group.addTask { try await Server.open(settings) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(processes.map { $0.nodeClaim?.node }).count == 8)
        for process in processes { try await process.close() }
    }

    @Test("what hides nothing waits for nobody")
    func unrestricted() async throws {
        try await Server.withProcesses(2) { settings in
            settings.leaseDuration = .seconds(60)
        } _: { processes in
            await processes[1].holdFollower(true)
            for turn in 0..<10 as Range<Int64> {
                _ = try await processes[0].commit(
                    [Statement("SELECT 1")], announcing: [.published(post: turn, author: 1, position: turn)])
            }
            #expect(processes[1].cacheLease.isValid)
        }
    }

    @Test("a position of one process can be waited for in another")
    func positions() async throws {
        try await Server.withProcesses(2) { processes in
            let recorder = Recorder()
            processes[1].observe(recorder)
            for turn in 0..<20 as Range<Int64> {
                let change = Change.followed(follower: turn, followee: 0)
                _ = try await processes[0].commit([Statement("SELECT 1")], announcing: [change])
                try await processes[1].waitUntilApplied(processes[0].position, timeout: .seconds(60))
                #expect(recorder.changes.last == change)
            }
            await processes[1].holdFollower(true)
            let late = await #expect(throws: SQLError.self) {
                try await processes[1].waitUntilApplied(.max, timeout: .milliseconds(20))
            }
            #expect(late?.code == .unavailable)
        }
    }

    @Test("nodes are claimed once; who lost its claim is told, drops nothing and takes another")
    func nodes() async throws {
        try await Server.withProcesses(3) { processes in
            #expect(Set(processes.compactMap(\.nodeClaim?.node)) == [0, 1, 2])
            let lost = processes[1].nodeClaim
            let clock = TestClock()
            try await Migrator([IDGenerator.migration]).migrate(processes[0])
            let ids = try await IDGenerator.leased(from: processes[1], node: 1, clock: clock.wall)
            let before = try await ids.next(bucket: 5)
            await processes[1].holdFollower(true)
            _ = try await processes[0].commit(
                [
                    Statement(
                        "UPDATE process_leases SET holder = 'thief', lease_until = lease_until + interval '1 h' WHERE node = 1"
                    ),
                    Statement("UPDATE node_leases SET holder = 'thief' WHERE node = 1"),
                ], announcing: [])
            clock.step(10_000)
            let refused = await #expect(throws: SQLError.self) { try await ids.next(bucket: 5) }
            #expect(refused?.code == .unavailable)
            await processes[1].holdFollower(false)
            #expect(try await eventually { processes[1].nodeClaim != lost && processes[1].cacheLease.isValid })
            #expect(processes[1].nodeClaim?.node == 3)
            let after = try await ids.next(bucket: 5)
            #expect(Snowflake(rawValue: after).node == 3)
            #expect(after > before)
        }
    }
}
