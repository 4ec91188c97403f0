import Foundation
import Logging
import SQL
import TestServers
import TestSupport
import Testing

@testable import Starling

@Suite(.serialized, .enabled(if: ProfileMoveStage.hasServer, "STARLING_TEST_STORES does not name postgresql"))
struct ProfileMoveRefusalTests {
    private func refusal(_ body: () async throws -> Void) async throws -> String {
        do { try await body() } catch let error as MoveError { return error.description }
        return ""
    }

    @Test("a source that a server uses")
    func usedSource() async throws {
        let stage = try await ProfileMoveStage()
        let lock = try DataDirectory(stage.data).lock()
        #expect(try await refusal { try await stage.move() }.contains("Stop it first"))
        withExtendedLifetime(lock) {}
    }

    @Test("a target with another community, and it stays as it is")
    func otherCommunity() async throws {
        let stage = try await ProfileMoveStage()
        try await stage.move()
        try stage.query("DROP TABLE profile_move, profile_move_tables; DELETE FROM node_leases")
        #expect(try await refusal { try await stage.move() }.contains("is not empty: users has rows"))
        #expect(try stage.query("SELECT to_regclass('profile_move') IS NULL") == "t")
    }

    @Test("a target whose move is finished")
    func finished() async throws {
        let stage = try await ProfileMoveStage()
        try await stage.move()
        #expect(try await refusal { try await stage.move() }.contains("is finished"))
    }

    @Test("a source that changed since the move began, told by the tables that did")
    func changedSource() async throws {
        let stage = try await ProfileMoveStage()
        try await stage.withMove { move in
            try await move.target.begin(try await move.source.survey(size: move.size, progress: .silent))
        }
        try await stage.edit { try $0.execute("UPDATE users SET bio = 'new' WHERE id = 8", []) }
        #expect(try await refusal { try await stage.move() }.contains("it differs in users)"))
        try await stage.edit { try $0.execute("UPDATE users SET bio = '' WHERE id = 8", []) }
        #expect(try await stage.move().problems == [])
    }

    @Test("a target that a server uses")
    func usedTarget() async throws {
        let stage = try await ProfileMoveStage()
        var settings = PostgreSQLSettings(url: stage.url)
        settings.roles = "api"
        let server = try await PostgreSQLDatabase.open(settings, logger: Logger(label: "server"))
        #expect(try await refusal { try await stage.move() }.contains("1 other process uses"))
        try await server.close()
        #expect(try await stage.move().problems == [])
    }

    @Test("a store of another version, a table nobody knows, and text that PostgreSQL cannot hold")
    func unfitSource() async throws {
        let stage = try await ProfileMoveStage()
        try await stage.edit { try $0.execute("UPDATE users SET bio = 'a' || char(0) || 'b' WHERE id = 8", []) }
        #expect(try await refusal { try await stage.move() }.contains("users.bio holds U+0000 in the row with id 8"))
        #expect(try stage.query("SELECT to_regclass('users') IS NULL") == "t")
        try await stage.edit { try $0.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY)", []) }
        #expect(try await refusal { try await stage.move() }.contains("notes"))
        try await stage.edit { try $0.execute("DELETE FROM migrations WHERE name = '0003-users'", []) }
        #expect(try await refusal { try await stage.move() }.contains("another version"))
    }

    @Test("a server that would serve half a community")
    func unfinished() async throws {
        let stage = try await ProfileMoveStage()
        let told = try await stage.withMove { move in
            try await MoveRecord.refuseUnfinished(in: move.target.database)
            try await move.target.begin(try await move.source.survey(size: move.size, progress: .silent))
            return try await refusal { try await MoveRecord.refuseUnfinished(in: move.target.database) }
        }
        #expect(told.contains("is not finished"))
        try await stage.move()
        try await stage.withMove { try await MoveRecord.refuseUnfinished(in: $0.target.database) }
    }

    @Test("a database that cannot hold every text")
    func encoding() async throws {
        let server = try PostgreSQLServer.shared()
        try server.query("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
        let target = try await MoveTarget.open(server.url("latin"), logger: Logger(label: "move"))
        #expect(try await refusal { _ = try await target.standing() }.contains("is in LATIN1"))
        try await target.close()
    }

    @Test("a comparison where nothing was moved")
    func nothingToVerify() async throws {
        let stage = try await ProfileMoveStage()
        #expect(try await refusal { _ = try await stage.verify() }.contains("Nothing was moved"))
    }

    @Test("a password is never shown")
    func password() async throws {
        let url = "postgres://starling:hunter22@127.0.0.1:1/nowhere"
        let told = try await refusal { _ = try await MoveTarget.open(url, logger: Logger(label: "move")) }
        #expect(told.contains("cannot be used") && !told.contains("hunter22"))
    }
}

@Suite struct ProfileMoveSourceTests {
    @Test(
        "addresses that name no community",
        arguments: ["", "starling-data", "sqlite:", "sqlite:/nowhere/at/all", "postgres://host/name"])
    func addresses(_ address: String) async throws {
        await #expect(throws: MoveError.self) { try await MoveSource.open(address) }
    }

    @Test("a folder or the file in it", arguments: ["sqlite:", "sqlite://"], ["", "/", "/starling.sqlite"])
    func forms(scheme: String, end: String) async throws {
        let folder = try TemporaryFolder()
        try await AdminAccess.use(dataDirectory: folder.path, engines: EngineSettings()) { _ in }
        let source = try await MoveSource.open(scheme + folder.path + end)
        #expect(source.tables.map(\.name) == MovedTables.copied)
        try await source.close()
    }

    @Test("a target that is no PostgreSQL")
    func target() async throws {
        await #expect(throws: MoveError.self) {
            try await MoveTarget.open("sqlite:starling-data", logger: Logger(label: "move"))
        }
    }
}
