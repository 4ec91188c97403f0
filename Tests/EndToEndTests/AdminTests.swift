import Foundation
import HTTPClient
import SQL
import Testing
import TestSupport

extension EndToEnd {
    @Suite(.serialized) struct AdminTests {}
}

/// Commands with a server that owns the data and without one: the same outcome.
extension EndToEnd.AdminTests {
    /// Whether a server runs beside the commands.
    enum Setting: String, CaseIterable, Sendable { case alone, besideServer }

    private func inSetting(
        _ setting: Setting, _ body: (_ data: String, _ arguments: [String]) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let data = folder.file("data")
        try await Starling.succeed(["migrate", "--data-dir", data])
        switch setting {
        case .alone: try await body(data, ["--data-dir", data])
        case .besideServer: try await RunningServer.with(data) { _ in try await body(data, ["--data-dir", data]) }
        }
    }

    @Test("accounts are created, opened, suspended and reinstated by commands", arguments: Setting.allCases)
    func accounts(_ setting: Setting) async throws {
        try await inSetting(setting) { data, at in
            let created = try await Starling.succeed(["user", "create", "Alice", "--email", "a@example.org"] + at)
            #expect(created.output.contains("Created alice with id "))
            #expect(try await Starling.run(["user", "create", "alice"] + at).status == 1)
            #expect(try await Starling.run(["user", "create", "no spaces"] + at).status == 1)
            #expect(try await Starling.run(["user", "set-password", "alice"] + at, input: "short\n").status == 1)
            try await Starling.succeed(["user", "set-password", "alice"] + at, input: "a long password\n")
            try await Starling.succeed(["user", "create", "bob", "--password", "-"] + at, input: "another password\n")
            let tokens = try await Starling.succeed(["user", "token", "--names", "alice", "bob"] + at).lines
            #expect(tokens.map { $0.prefix { $0 != " " } } == ["alice", "bob"])
            #expect(try await Starling.succeed(["user", "token", "--count", "10"] + at).lines.count == 2)
            try await Starling.succeed(["user", "suspend", "alice"] + at)
            #expect(try await Starling.run(["user", "token", "alice"] + at).status == 1)
            try await Starling.succeed(["user", "reinstate", "alice"] + at)
            #expect(try await Starling.succeed(["user", "token", "alice"] + at).lines.count == 1)
            for command in ["suspend", "reinstate", "set-password"] {
                let outcome = try await Starling.run(["user", command, "nobody"] + at, input: "a long password\n")
                #expect(outcome.status == 1 && outcome.errors.contains("There is no such account."))
            }
        }
    }

    @Test("who asks for deletions is answered, also where there are none", arguments: Setting.allCases)
    func noDeletions(_ setting: Setting) async throws {
        try await inSetting(setting) { _, at in
            #expect(try await Starling.succeed(["user", "deletions"] + at).lines == ["No deletions."])
            let one = try await Starling.succeed(["user", "deletions", "--id", "7"] + at)
            #expect(one.lines == ["The account 7 does not wait to be erased, and was not."])
        }
    }

    @Test("a first command that fails leaves no empty community behind, and removes nothing that was there")
    func failedBeginnings() async throws {
        let folder = try TemporaryFolder()
        let (new, old) = (folder.file("new"), try folder.folder("old"))
        try Data("mine".utf8).write(to: URL(fileURLWithPath: old + "/notes.txt"))
        for command in [
            ["import", "--follows", "/nowhere"], ["import", "--archive", "/nowhere"], ["user", "create", "a b"],
        ] {
            #expect(try await Starling.run(command + ["--data-dir", new]).status == 1)
            #expect(!FileManager.default.fileExists(atPath: new), "\(command)")
            #expect(try await Starling.run(command + ["--data-dir", old]).status == 1)
            let left = try FileManager.default.contentsOfDirectory(atPath: old)
            #expect(Set(left) == ["notes.txt", "lock"], "\(command)")
        }
        // What was there stays, and so does what came before a failure.
        try await Starling.succeed(["migrate", "--data-dir", new])
        #expect(try await Starling.run(["import", "--follows", "/nowhere", "--data-dir", new]).status == 1)
        #expect(FileManager.default.fileExists(atPath: new + "/starling.sqlite"))
        let follows = folder.file("follows")
        try Data("1 2\n".utf8).write(to: URL(fileURLWithPath: follows))
        let half = ["import", "--follows", follows, "--follows", "/nowhere", "--data-dir", old]
        #expect(try await Starling.run(half).status == 1)
        #expect(FileManager.default.fileExists(atPath: old + "/starling.sqlite"))
    }

    @Test("upkeep works by commands", arguments: Setting.allCases)
    func upkeep(_ setting: Setting) async throws {
        try await inSetting(setting) { data, at in
            let demo = ["demo", "--users", "50", "--follows", "300", "--posts", "200"] + at
            #expect(try await Starling.succeed(demo).output.contains("300 new follows, 200 new posts"))
            #expect(try await Starling.succeed(demo).output.contains("0 new follows, 0 new posts"))
            #expect(try await Starling.succeed(["migrate"] + at).output.contains("up to date"))
            #expect(try await Starling.succeed(["keys", "rotate"] + at).output.contains("A new key signs"))
            try await Starling.succeed(["keys", "rotate", "--revoke-old"] + at)
            #expect(try await Starling.succeed(["rebuild-timelines"] + at).output.contains("Rebuilt "))
            #expect(
                try await Starling.succeed(["dead-letters", "list"] + at).output.contains("There are no dead letters."))
            #expect(
                try await Starling.succeed(["dead-letters", "replay"] + at).output == "0 handled, 0 failed again.\n")
            let status = try await Starling.succeed(["status"] + at).output
            #expect(status.hasPrefix(setting == .alone ? "No server runs." : "A server runs as process "))
            try await Starling.expectSound(data)
            #expect(try await Starling.succeed(["check", "--repair"] + at).output.contains("repaired: 0"))
        }
    }

    @Test("what is wrong in the store is found and repaired", arguments: Setting.allCases)
    func repair(_ setting: Setting) async throws {
        let folder = try TemporaryFolder()
        let data = folder.file("data")
        try await Starling.succeed(["demo", "--users", "50", "--follows", "300", "--posts", "200", "--data-dir", data])
        let store = try SQLiteDatabase(path: data + "/starling.sqlite")
        _ = try await store.write { writer in
            try writer.execute("UPDATE account_counters SET followers = followers + 7 WHERE followers > 0", [])
            try writer.execute("DELETE FROM followers WHERE follower_id = (SELECT min(follower_id) FROM followers)", [])
        }
        try await store.close()
        func checks() async throws {
            let found = try await Starling.run(["check", "--data-dir", data])
            #expect(found.status == 2 && found.output.contains("PROBLEM: "), "\(found.output)\(found.errors)")
            let repaired = try await Starling.run(["check", "--repair", "--data-dir", data])
            #expect(repaired.output.contains("repaired: "))
            try await Starling.expectSound(data)
        }
        switch setting {
        case .alone: try await checks()
        case .besideServer: try await RunningServer.with(data) { _ in try await checks() }
        }
    }

    @Test("a dead letter is listed, and replayed once its cause is gone", arguments: Setting.allCases)
    func deadLetters(_ setting: Setting) async throws {
        let folder = try TemporaryFolder()
        let data = folder.file("data")
        let members = try await Member.created(["alice", "bob"], in: data)
        let store = try SQLiteDatabase(path: data + "/starling.sqlite")
        // Counting follows fails, until the trigger is gone.
        _ = try await store.write { writer in
            try writer.execute(
                """
                CREATE TRIGGER refuse BEFORE INSERT ON account_counters BEGIN SELECT raise(ABORT, 'planted'); END
                """, [])
        }
        try await RunningServer.with(data) { server in
            let alice = server.api.with(token: members[0].token)
            #expect(try await alice.send("POST", "/v1/users/\(members[1].id)/follow").status == 200)
            for _ in 0..<200 {
                if try await Starling.run(["dead-letters", "list", "--data-dir", data]).output.contains("planted") {
                    break
                }
                try await Task.sleep(for: .milliseconds(50))
            }
            let replayed = try await Starling.run(["dead-letters", "replay", "--data-dir", data])
            #expect(replayed.status == 1 && replayed.output.contains("1 failed again."), "\(replayed.output)")
            _ = try await store.write { try $0.execute("DROP TRIGGER refuse", []) }
            if setting == .besideServer { try await expectReplay(data) }
        }
        if setting == .alone { try await expectReplay(data) }
        try await store.close()
        try await Starling.expectSound(data)
    }

    private func expectReplay(_ data: String) async throws {
        let listed = try await Starling.succeed(["dead-letters", "list", "--data-dir", data]).output
        #expect(listed.contains("account-counters offset ") && listed.contains("planted"), "\(listed)")
        let replayed = try await Starling.succeed(["dead-letters", "replay", "--data-dir", data])
        #expect(replayed.output == "1 handled, 0 failed again.\n")
        #expect(
            try await Starling.succeed(["dead-letters", "list", "--data-dir", data]).output.contains("There are no"))
    }
}
