import Accounts
import Core
import EventLog
import HTTPAPI
import Logging
import SQL
import Testing
import Timelines

@testable import Starling

@Suite(.serialized, .enabled(if: ProfileMoveStage.hasServer, "STARLING_TEST_STORES does not name postgresql"))
struct ProfileMoveTests {
    @Test("every row of every table is there, and the source is as it was")
    func everything() async throws {
        let stage = try await ProfileMoveStage()
        let before = try await stage.withMove { try await $0.source.survey(size: $0.size, progress: .silent) }
        let report = try await stage.move()
        #expect(report.problems == [])
        #expect(report.rowsCopied == before.rows)
        #expect(report.tables.map(\.name) == MovedTables.copied)
        #expect(report.tables.allSatisfy { $0.rows > 0 }, "a table without a row proves nothing")
        for (table, rows) in report.tables { #expect(try stage.query("SELECT count(*) FROM \(table)") == "\(rows)") }
        let sum = "SELECT count(DISTINCT author_id) || ' ' || sum(length(content)) FROM posts"
        let here = try await stage.withMove { move in
            try await move.source.database.read { store in try store.first(sum) { $0.text(0) } }
        }
        #expect(try stage.query(sum) == here)
        #expect(try stage.query("SELECT list FROM outbox WHERE flags = -1") == #"\x00ff10"#)
        #expect(try stage.query("SELECT last_active_at FROM users WHERE id = 7") == "9223372036854775807")
        let after = try await stage.withMove { try await $0.source.survey(size: $0.size, progress: .silent) }
        #expect(after.fingerprint == before.fingerprint)
        #expect(try await stage.verify().problems == [])
    }

    @Test("a server on the new side knows the old sessions, and goes on with ids and offsets above the old ones")
    func goesOn() async throws {
        let stage = try await ProfileMoveStage()
        let reply = try await AdminAccess.use(dataDirectory: stage.data, engines: EngineSettings()) { port in
            try await port.perform(.tokens(usernames: ["demo"], count: 1))
        }
        guard case .tokens(let tokens) = reply, let token = tokens.first else { throw MoveError("no token: \(reply)") }
        // As if the old machine's clock had been a day ahead.
        let lease = WallClock.system.now() + 86_400_000
        try await stage.edit { try $0.execute("UPDATE node_leases SET leased_until = $1", [.integer(lease)]) }
        #expect(try await stage.move().problems == [])

        var settings = ServerSettings()
        settings.engines.databaseURL = stage.url
        let node = try await Node.opened(
            in: try DataDirectory(stage.newFolder()), settings: settings, logger: Logger(label: "server"))
        let principal = try await node.authority.verify(token.accessToken)
        #expect(principal.accountID.description == token.userID)
        #expect(try await node.api.feed.page(of: principal.accountID, before: .highest, limit: 20).posts.count == 20)
        #expect(Snowflake(rawValue: try await node.ids.next(bucket: 0)).unixMilliseconds >= lease)
        let offset = try await node.database.write { store in
            try store.integer("SELECT nextval('log_offsets')")
        }
        #expect(offset > 9_000)
        #expect(try await EventLog.storedOffset(of: "account-counters", in: node.database) > 0)
        try await node.close()
    }

    @Test("goes on where it stopped", arguments: [1, 7, 50])
    func resumed(rowsMax: Int) async throws {
        let stage = try await ProfileMoveStage(size: .init(users: 20, follows: 40, posts: 60))
        let done = try await stage.withMove(rowsMax: 7) { move in
            let survey = try await move.source.survey(size: move.size, progress: .silent)
            try await move.target.begin(survey)
            var done = 0
            for table in move.source.tables.prefix(11) {
                var reading = TableReading(table, in: move.source.database, size: move.size)
                while done < 120, let batch = try await reading.next() {
                    try await move.target.write(
                        batch, of: table, after: done == 0 ? 0 : try rowsDone(stage, table.name))
                    done += batch.rows.count
                }
            }
            return done
        }
        let report = try await stage.move(rowsMax: rowsMax)
        #expect(report.problems == [])
        #expect(report.rowsCopied == report.tables.reduce(0) { $0 + $1.rows } - done)
    }

    private func rowsDone(_ stage: ProfileMoveStage, _ table: String) throws -> Int {
        Int(try stage.query("SELECT rows_done FROM profile_move_tables WHERE name = '\(table)'")) ?? -1
    }

    @Test("two moves at once cannot write the same rows twice")
    func twoMoves() async throws {
        let stage = try await ProfileMoveStage()
        try await stage.withMove { move in
            try await move.target.begin(try await move.source.survey(size: move.size, progress: .silent))
            let users = move.source.tables[0]
            var reading = TableReading(users, in: move.source.database, size: move.size)
            guard let batch = try await reading.next() else { throw MoveError("there are no users") }
            try await move.target.write(batch, of: users, after: 0)
            await #expect(throws: (any Error).self) { try await move.target.write(batch, of: users, after: 0) }
            try stage.query("DELETE FROM users")
            await #expect(throws: MoveError.self) { try await move.target.write(batch, of: users, after: 0) }
        }
        #expect(try stage.query("SELECT count(*) FROM users") == "0")
    }

    @Test(
        "verification finds what differs",
        arguments: [
            ("UPDATE posts SET content = content || ' ' WHERE id = (SELECT max(id) FROM posts)", "posts"),
            ("DELETE FROM mutes", "mutes has 0 rows"),
            ("DELETE FROM followers WHERE follow_id = (SELECT min(follow_id) FROM followers)", "directions of follows"),
            ("UPDATE refresh_tokens SET used_at = 0", "refresh_tokens"),
            ("UPDATE outbox SET list = NULL WHERE flags = 0 AND kind = 99", "outbox"),
            ("SELECT setval('log_offsets', 10)", "new events"),
            ("DELETE FROM node_leases WHERE node = 63", "new ids"),
            ("UPDATE users SET state = 1 WHERE state = 0", "feeds differ"),
        ])
    func differences(change: String, problem: String) async throws {
        let stage = try await ProfileMoveStage()
        #expect(try await stage.move().problems == [])
        try stage.query(change)
        let problems = try await stage.verify().problems
        #expect(problems.contains { $0.contains(problem) }, "\(problems)")
    }
}
