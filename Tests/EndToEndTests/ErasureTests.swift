import Foundation
import HTTPClient
import SQL
import TestSupport
import Testing

extension EndToEnd {
    @Suite(.serialized, .timeLimit(.minutes(10))) struct ErasureTests {}
}

extension EndToEnd.ErasureTests {
    /// What the account says everywhere, and nobody else.
    private static let canary = "canary7f3e9a"

    private func plant(_ server: RunningServer) async throws -> (id: String, token: String) {
        let registration = [
            "username": Self.canary, "email": "\(Self.canary)@example.org", "password": "correct horse",
            "display_name": "Name \(Self.canary)",
        ]
        let answer = try await server.api.send("POST", "/v1/users/register", registration)
        let token = try #require(answer.json["access_token"].string)
        let api = server.api.with(token: token)
        func ask(_ method: String, _ path: String, _ body: [String: String], key: String? = nil) async throws -> JSON {
            let answer = try await api.send(method, path, body, idempotencyKey: key)
            #expect(answer.status < 300, "\(path): \(answer.text)")
            return answer.json
        }
        _ = try await ask(
            "PATCH", "/v1/me", ["bio": "Bio \(Self.canary)", "avatar_url": "https://example.org/\(Self.canary).png"])
        let post = try await ask("POST", "/v1/posts", ["content": "Post \(Self.canary)"], key: "key-\(Self.canary)")
        let id = try #require(post["post_id"].string)
        _ = try await ask("PUT", "/v1/posts/\(id)", ["content": "Edited \(Self.canary)"])
        _ = try await ask("POST", "/v1/posts/\(id)/comments", ["content": "Comment \(Self.canary)"])
        _ = try await ask("POST", "/v1/posts/\(id)/bookmark", ["folder": "Folder \(Self.canary)"])
        _ = try await ask("POST", "/v1/me/drafts", ["content": "Draft \(Self.canary)"])
        _ = try await ask("POST", "/v1/me/muted-words", ["phrase": "Muted \(Self.canary)"])
        _ = try await ask("POST", "/v1/lists", ["title": "List \(Self.canary)"])
        _ = try await ask("POST", "/v1/tags/\(Self.canary)/follow", [:])
        _ = try await ask("POST", "/v1/posts", ["content": "Tagged #\(Self.canary)"])
        _ = try await ask("POST", "/v1/posts/\(id)/like", ["reaction": "LOVE"])
        try await makeArchive(api)
        var login = try api.request("POST", "/v1/users/login", ["username": Self.canary, "password": "correct horse"])
        login.headers.append(("User-Agent", "Client \(Self.canary)"))
        #expect(try await api.http.send(login).status == 200)
        return (try #require(answer.json["user"]["user_id"].string), token)
    }

    private func makeArchive(_ api: APIClient) async throws {
        #expect(try await api.send("POST", "/v1/me/export", [String: String]()).status == 202)
        let deadline = ContinuousClock.now + .seconds(30)
        while try await api.send("GET", "/v1/me/export").json["state"].string != "ready", ContinuousClock.now < deadline
        {
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The archives in the data directory.
    private func archives(_ data: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: data).filter { $0.hasSuffix(".tar.gz") }
    }

    /// The files of the data directory that hold the canary, whatever its case.
    private func holders(_ data: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: data).filter { name in
            let bytes = FileManager.default.contents(atPath: data + "/" + name) ?? Data()
            return String(decoding: bytes, as: Unicode.ASCII.self).lowercased().contains(Self.canary)
        }
    }

    @Test("nothing an account ever said is left in the files of the database, and the receipt says what went")
    func canaries() async throws {
        let folder = try TemporaryFolder()
        let data = folder.file("data")
        let id = try await RunningServer.with(data, ["--rate-limits", "off", "--deletion-grace-days", "0"]) { server in
            let (id, token) = try await plant(server)
            #expect(try archives(data).count == 1, "the test looks in the wrong place")
            let answer = try await server.api.with(token: token)
                .send("DELETE", "/v1/me", ["current_password": "correct horse"])
            #expect(answer.status == 202)
            return id
        }
        #expect(try !holders(data).isEmpty, "the test looks in the wrong place")
        try await RunningServer.with(data, ["--rate-limits", "off", "--deletion-grace-days", "0"]) { server in
            var receipt = ""
            let deadline = ContinuousClock.now + .seconds(30)
            while try !receipt.contains("users: 1") || !archives(data).isEmpty, ContinuousClock.now < deadline {
                receipt = try await Starling.succeed(["user", "deletions", "--id", id, "--data-dir", data]).output
                try await Task.sleep(for: .milliseconds(50))
            }
            for line in [
                "posts: 3", "post_revisions: 1", "bookmarks: 1", "reactions: 1", "planned_posts: 1", "muted_words: 1",
                "lists: 1", "post_tags: 1", "tag_follows: 1", "sessions: 2", "users: 1",
                "files/archives: 1", "timelines/own: 0", "caches/posts: 0 (forgotten at once by every process)",
                "events: 0 (ids in the event log, until retention; all gone by 2",
            ] {
                #expect(receipt.contains(line), "\(receipt)")
            }
            let again = ["username": Self.canary, "email": "new@example.org", "password": "correct horse"]
            #expect(try await server.api.send("POST", "/v1/users/register", again).status == 409)
        }
        let vacuum = ["sqlite3", data + "/starling.sqlite", "PRAGMA wal_checkpoint(TRUNCATE); VACUUM;"]
        #expect(try Command.run(vacuum, output: folder.file("vacuum")) == 0)
        #expect(try holders(data) == [])
        #expect(try archives(data) == [])
    }
}
