import Foundation
import HTTPClient
import TestSupport
import Testing

extension EndToEnd {
    @Suite(.serialized, .timeLimit(.minutes(10))) struct ArchiveTests {}
}

extension EndToEnd.ArchiveTests {
    private static let flags = ["--rate-limits", "off"]
    private static let login = ["username": "alice", "password": "correct horse"]

    private static func plant(_ server: RunningServer) async throws -> APIClient {
        var registration = login
        registration["email"] = "alice@example.org"
        let answer = try await server.api.send("POST", "/v1/users/register", registration)
        let api = server.api.with(token: try #require(answer.json["access_token"].string))
        for number in 1...40 {
            let post = try await api.send("POST", "/v1/posts", ["content": "post \(number) ✨"])
            let id = try #require(post.json["post_id"].string)
            if number % 4 == 0 { _ = try await api.send("POST", "/v1/posts/\(id)/comments", ["content": "indeed"]) }
            if number % 5 == 0 { _ = try await api.send("POST", "/v1/posts/\(id)/like", ["reaction": "LOVE"]) }
            if number % 7 == 0 { _ = try await api.send("POST", "/v1/posts/\(id)/share") }
        }
        return api
    }

    /// Waits for the archive, loads it into a file and unpacks it.
    private static func load(_ api: APIClient, _ folder: TemporaryFolder, _ name: String) async throws -> String {
        var state = ""
        let deadline = ContinuousClock.now + .seconds(30)
        while state != "ready", ContinuousClock.now < deadline {
            state = try await api.get("/v1/me/export").json["state"].string ?? ""
            try await Task.sleep(for: .milliseconds(20))
        }
        let answer = try await api.get("/v1/me/export/archive")
        #expect(answer.status == 200, "\(state)")
        let file = folder.file(name + ".tar.gz")
        try Data(answer.body).write(to: URL(fileURLWithPath: file))
        let unpacked = folder.file(name)
        try FileManager.default.createDirectory(atPath: unpacked, withIntermediateDirectories: true)
        #expect(try Command.run(["tar", "-xzf", file, "-C", unpacked], output: folder.file("tar")) == 0)
        return file
    }

    @Test("an archive survives a crash of its maker, tar reads it, and another server gives it back")
    func journey() async throws {
        let folder = try TemporaryFolder()
        let (old, new) = (folder.file("old"), folder.file("new"))
        let server = try await RunningServer.start(old, Self.flags)
        let api = try await Self.plant(server)
        #expect(try await api.send("POST", "/v1/me/export").status == 202)
        try await server.kill()
        let file = try await RunningServer.with(old, Self.flags) { server in
            try await Self.load(server.api.with(token: api.token), folder, "before")
        }
        let told = try await Starling.succeed(["import", "--archive", file, "--data-dir", new])
        #expect(told.output.contains("@alice, ") && !told.output.contains("Kept"), "\(told.output)")
        let again = try await Starling.succeed(["import", "--archive", file, "--data-dir", new])
        #expect(again.output.contains("@alice was imported before."))
        try await Starling.expectSound(new)
        try await Starling.succeed(["user", "set-password", "alice", "--password", "correct horse", "--data-dir", new])
        try await RunningServer.with(new, Self.flags) { server in
            let session = try await server.api.send("POST", "/v1/users/login", Self.login)
            let api = server.api.with(token: try #require(session.json["access_token"].string))
            #expect(try await api.send("POST", "/v1/me/export").status == 202)
            _ = try await Self.load(api, folder, "after")
        }
        for name in ["profile", "posts", "reactions", "reposts"] {
            let (before, after) = ("before/\(name)/000001.json", "after/\(name)/000001.json")
            let bytes = FileManager.default.contents(atPath: folder.file(before))
            #expect(bytes != nil && bytes == FileManager.default.contents(atPath: folder.file(after)), "\(name)")
        }
        let foreign = try await Starling.run(["import", "--archive", file, "--data-dir", old])
        #expect(foreign.status == 1 && foreign.errors.contains("taken"), "\(foreign.errors)")
    }
}
