import Core
import EventLog
import SQL
import Synchronization
import Testing
import TestServers
import TestSupport

/// A primary with a synchronous standby.
@Suite(.timeLimit(.minutes(10))) struct FailoverTests {
    private static let table = Statement("CREATE TABLE t (id BIGINT PRIMARY KEY NOT NULL)")

    @Test("what the standby lacks is not confirmed")
    func confirmedHead() async throws {
        let primary = try PostgreSQLServer()
        let standby = try primary.newStandby()
        try primary.query("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        try primary.query("SELECT pg_reload_conf()")
        try await Server.withProcesses(1, on: primary) { processes in
            let database = processes[0]
            try await Migrator([Outbox.migration]).migrate(database)
            let head = { try await database.read { try Outbox.head($0) } }
            try await Self.append(1, to: database)
            #expect(try await eventually { try await database.confirmedHead() == (try await head()) })
            let confirmed = try await head()
            standby.pause()
            // Visible without the standby, as a commit is whose wait an operator ended.
            try await database.write { store in
                try store.execute("SET LOCAL synchronous_commit = 'local'", [])
                try Outbox.append(Event(.followed, key: 2, subject: 0, occurredAt: 0), in: store)
            }
            #expect(try await head() > confirmed)
            for _ in 0..<20 { #expect(try await database.confirmedHead() == confirmed) }
            standby.resume()
            #expect(try await eventually { try await database.confirmedHead() == (try await head()) })
        }
    }

    @Test("a role that may not see the standbys is told what it lacks, and nothing looks unconfirmed for ever")
    func ordinaryRole() async throws {
        let primary = try PostgreSQLServer()
        try primary.query("CREATE ROLE plain LOGIN")
        var settings = try Server.settings(primary)
        let name = settings.url.split(separator: "/").last?.split(separator: "?").first.map(String.init) ?? ""
        try primary.query("ALTER DATABASE \(name) OWNER TO plain")
        settings.url = settings.url.replacing("starling@", with: "plain@")
        let database = try await Server.open(settings)
        try await Migrator([Outbox.migration]).migrate(database)
        try await Self.append(1, to: database)
        let head = { try await database.read { try Outbox.head($0) } }
        #expect(try await database.confirmedHead() == (try await head()))
        let standby = try primary.newStandby()
        try primary.query("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        try primary.query("SELECT pg_reload_conf()")
        #expect(
            try await eventually {
                do {
                    _ = try await database.confirmedHead()
                    return false
                } catch let error as SQLError {
                    return error.message.contains("GRANT pg_read_all_stats TO plain;")
                }
            })
        try primary.query("GRANT pg_read_all_stats TO plain")
        try await Self.append(2, to: database)
        #expect(try await eventually { try await database.confirmedHead() == (try await head()) })
        try await database.close()
        withExtendedLifetime(standby) {}
    }

    @Test("after the standby takes over, everything acknowledged is there, and writing goes on")
    func promotion() async throws {
        let primary = try PostgreSQLServer()
        var settings = try Server.settings(primary)
        let standby = try primary.newStandby()
        try primary.query("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        try primary.query("SELECT pg_reload_conf()")
        let name = settings.url.split(separator: "/").last.map(String.init) ?? ""
        settings.url =
            "postgres://starling@127.0.0.1:\(primary.port),127.0.0.1:\(standby.port)/\(name)&target_session_attrs=read-write"
        let database = try await Server.open(settings)
        try await Migrator([Outbox.migration]).migrate(database)
        _ = try await database.commit([Self.table], announcing: [])
        for id in 1...50 as ClosedRange<Int64> { try await Self.append(id, to: database) }
        primary.kill()
        await #expect(throws: SQLError.self) { try await Self.append(51, to: database) }
        try standby.promote()
        #expect(try await eventually { (try? await database.checkWritable()) != nil })
        let keys = try await database.read {
            try $0.query("SELECT key FROM outbox ORDER BY event_offset", []) { $0.int64(0) }
        }
        #expect(keys == Array(1...50))
        try await Self.append(52, to: database)
        let offsets = try await database.read { store in
            try store.query("SELECT event_offset FROM outbox ORDER BY key", []) { $0.int64(0) }
        }
        #expect(offsets == offsets.sorted())
        try await database.close()
    }

    @Test(
        "a standby that lacks what a process has seen is noticed, and nothing is answered from memory",
        arguments: [true, false])
    func lostHistory(loses: Bool) async throws {
        let primary = try PostgreSQLServer()
        var settings = try Server.settings(primary)
        let standby = try primary.newStandby()
        let name = settings.url.split(separator: "/").last.map(String.init) ?? ""
        settings.url =
            "postgres://starling@127.0.0.1:\(primary.port),127.0.0.1:\(standby.port)/\(name)&target_session_attrs=read-write"
        let losses = Atomic<Int>(0)
        settings.onHistoryLost = { losses.add(1, ordering: .relaxed) }
        let database = try await Server.open(settings)
        _ = try await database.commit([], announcing: [.account(1)])
        let written = try primary.query("SELECT pg_current_wal_lsn()")
        #expect(
            try await eventually {
                try standby.query("SELECT pg_last_wal_replay_lsn() >= '\(written)'::pg_lsn") == "t"
            })
        if loses {
            try standby.unfollow()
            _ = try await database.commit([], announcing: [.account(2)])
        }
        primary.kill()
        try standby.promote()
        if loses {
            #expect(try await eventually { losses.load(ordering: .relaxed) > 0 })
            #expect(try await eventually { (try? await database.checkWritable()) != nil })
            for _ in 0..<50 {
                #expect(!database.cacheLease.isValid)
                try await Task.sleep(for: .milliseconds(10))
            }
        } else {
            #expect(try await eventually { database.cacheLease.isValid })
            _ = try await database.commit([], announcing: [.account(3)])
            #expect(losses.load(ordering: .relaxed) == 0)
        }
        try await database.close()
    }

    private static func append(_ id: Int64, to database: any Database) async throws {
        _ = try await database.commit(
            [Outbox.append(Event(.followed, key: id, subject: 0, occurredAt: 0))], announcing: [.eventsAppended])
    }
}
