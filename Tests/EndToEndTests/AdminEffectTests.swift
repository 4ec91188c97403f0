import Foundation
import HTTPClient
import Testing
import TestSupport

extension EndToEnd {
    @Suite(.serialized) struct AdminEffectTests {}
}

/// What commands do shows at once in the server beside them.
extension EndToEnd.AdminEffectTests {
    /// Runs a command while a client asks and asks.
    /// - Returns: the statuses it was answered with, and how long after the command's end the first one above 299 came.
    private func statuses(
        of path: String, asked by: APIClient, while command: [String]
    ) async throws -> (last: Int, delay: Duration) {
        async let ended: ContinuousClock.Instant = {
            try await Starling.succeed(command)
            return .now
        }()
        let connection = try await by.http.connect()
        var refused: ContinuousClock.Instant?
        var last = 0
        let giveUp = ContinuousClock.now + .seconds(20)
        while refused == nil, ContinuousClock.now < giveUp {
            last = try await connection.send(by.request("GET", path)).status
            if last >= 300 { refused = .now }
        }
        await connection.close()
        let end = try await ended
        return (last, end.duration(to: refused ?? giveUp))
    }

    @Test("a suspension, a password change and revoked keys refuse tokens within a second")
    func revocation() async throws {
        let folder = try TemporaryFolder()
        let data = folder.file("data")
        let members = try await Member.created(["alice", "bob", "carol"], in: data)
        try await RunningServer.with(data) { server in
            let commands = [
                ["user", "suspend", "alice"], ["user", "set-password", "bob", "--password", "a new password"],
                ["keys", "rotate", "--revoke-old"],
            ]
            for (member, command) in zip(members, commands) {
                let api = server.api.with(token: member.token)
                #expect(try await api.get("/v1/me").status == 200)
                let (last, delay) = try await statuses(of: "/v1/me", asked: api, while: command + ["--data-dir", data])
                #expect([401, 403].contains(last) && delay < .seconds(1), "\(command): \(last) after \(delay)")
            }
            #expect(try await server.api.get("/v1/users/\(members[0].id)").status == 404)
            try await Starling.succeed(["user", "reinstate", "alice", "--data-dir", data])
            #expect(try await server.api.get("/v1/users/\(members[0].id)").status == 200)
            let login = try await server.api.send(
                "POST", "/v1/users/login", ["username": "bob", "password": "a new password"])
            #expect(login.status == 200)
        }
    }

    @Test("a suspended author's posts leave every feed, and come back with the author")
    func suspension() async throws {
        let folder = try TemporaryFolder()
        let data = folder.file("data")
        let members = try await Member.created(["alice", "bob"], in: data)
        try await RunningServer.with(data) { server in
            let (alice, bob) = (server.api.with(token: members[0].token), server.api.with(token: members[1].token))
            #expect(try await bob.send("POST", "/v1/users/\(members[0].id)/follow").status == 200)
            #expect(try await alice.send("POST", "/v1/posts", ["content": "seen"]).status == 201)
            for (command, expected) in [("reinstate", ["seen"]), ("suspend", []), ("reinstate", ["seen"])] {
                try await Starling.succeed(["user", command, "alice", "--data-dir", data])
                let contents = try await bob.get("/v1/feed").json["posts"].strings("content")
                if command == "suspend" {
                    #expect(contents == expected)
                } else {
                    let feed = try await FeedPages.ids(bob)
                    #expect(feed.count == expected.count)
                }
            }
        }
    }

    @Test("what is imported into a running server is in its feeds, also in those it had in memory")
    func imports() async throws {
        let folder = try TemporaryFolder()
        let data = folder.file("data")
        let reader = try #require(try await Member.created(["reader"], in: data).first)
        let edges = try folder.file("edges.txt", "reader 1\nreader 2\n1 2\n")
        let activity = try folder.file("activity.txt", "1 2 1341100972 RT\n2 1 1341100973 MT\n3 1 1341100974 RE\n")
        let posts = try folder.file(
            "posts.jsonl", #"{"text":"a text","author":"u1","time":"2020-01-02T03:04:05Z"}"# + "\n")
        try await RunningServer.with(data) { server in
            let api = server.api.with(token: reader.token)
            #expect(try await api.send("POST", "/v1/posts", ["content": "own"]).status == 201)
            #expect(try await FeedPages.ids(api).count == 1)
            let outcome = try await Starling.succeed(
                ["import", "--follows", edges, "--activity", activity, "--posts", posts, "--data-dir", data])
            #expect(outcome.output.hasPrefix("Imported 3 new follows"))
            let feed = try await api.get("/v1/feed").json["posts"].array
            // What is shared or answered was made up before it.
            #expect(feed.count == 5, "\(feed)")
            #expect(feed.first?["content"].string == "own")
            #expect(feed.dropFirst().first?["content"].string == "a text")
            #expect(feed.dropFirst().first?["created_at"].string?.hasPrefix("2020-01-02T03:04:05") == true)
            #expect(feed.map { $0["author"]["username"].string } == ["reader", "u1", "u2", "u1", "u2"])
            #expect(feed.last?["shared_by_count"].int == 1, "\(feed)")

            try await Starling.succeed([
                "demo", "--users", "20", "--follows", "80", "--posts", "60", "--data-dir", data,
            ])
            let login = try await server.api.send(
                "POST", "/v1/users/login", ["username": "demo", "password": "starling-demo"])
            let demo = server.api.with(token: login.json["access_token"].string)
            #expect(try await FeedPages.ids(demo).count > 20)
            try await Starling.expectSound(data)
        }
        try await Starling.expectSound(data)
    }

    @Test("only the owner of the data reaches the admin socket, or reads what is stored")
    func permissions() async throws {
        let folder = try TemporaryFolder()
        let data = folder.file("data")
        // The folder may have been made by somebody else, for everyone to read.
        try FileManager.default.createDirectory(
            atPath: data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        try await RunningServer.with(data) { server in
            for name in ["admin.sock", "starling.sqlite", "starling.sqlite-wal", "lock"] {
                let attributes = try FileManager.default.attributesOfItem(atPath: data + "/" + name)
                #expect((attributes[.posixPermissions] as? Int) == 0o600, "\(name)")
            }
            let socket = HTTPClient(.unixDomainSocket(path: data + "/admin.sock"))
            let answer = try await socket.send(
                HTTPClientRequest(method: "POST", path: "/admin", body: Array("no command".utf8)))
            #expect(answer.status == 200 && answer.text.contains("failure"))
            #expect(try await server.api.get("/readyz").status == 200)
        }
    }

    @Test("commands started at once wait for each other")
    func together() async throws {
        let folder = try TemporaryFolder()
        let data = folder.file("data")
        try await Starling.succeed(["migrate", "--data-dir", data])
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for index in 0..<5 {
                tasks.addTask { try await Starling.succeed(["user", "create", "user\(index)", "--data-dir", data]) }
            }
            try await tasks.waitForAll()
        }
        let tokens = try await Starling.succeed(["user", "token", "--count", "100", "--data-dir", data])
        #expect(tokens.lines.count == 5)
    }
}
