import HTTPClient
import Testing
import TestSupport

extension EndToEnd {
    @Suite(.serialized) struct NewcomerTests {}
}

extension EndToEnd.NewcomerTests {
    @Test("who follows the README has registered, followed, posted and read a feed, over a restart too")
    func readme() async throws {
        let folder = try TemporaryFolder()
        let data = folder.file("data")
        let demo = try await Starling.succeed([
            "demo", "--data-dir", data, "--users", "30", "--follows", "100", "--posts", "50",
        ])
        #expect(demo.output.contains("Log in as demo with the password starling-demo"))

        // With the limits that a server has when nothing is said.
        try await RunningServer.with(data, []) { server in
            let session = try await server.api.send(
                "POST", "/v1/users/register",
                ["username": "alice", "email": "alice@example.org", "password": "correct horse battery"])
            #expect(session.status == 201)
            let alice = server.api.with(token: session.json["access_token"].string)
            let demo = try await server.api.get("/v1/users/by-username/demo").json
            let demoID = try #require(demo["user_id"].string)
            let followed = try await alice.send("POST", "/v1/users/\(demoID)/follow").json
            #expect(followed["following"].bool == true && followed["requested"].bool == false)
            #expect(try await alice.send("POST", "/v1/posts", ["content": "Hello, Starling."]).status == 201)
            #expect(try await contents(alice).first == "Hello, Starling.")

            let login = try await server.api.send(
                "POST", "/v1/users/login", ["username": "demo", "password": "starling-demo"])
            #expect(login.status == 200)
            let author = server.api.with(token: login.json["access_token"].string)
            #expect(try await author.send("POST", "/v1/posts", ["content": "Hello, Alice."]).status == 201)
            for _ in 0..<100 where try await contents(alice).first != "Hello, Alice." {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(try await contents(alice).prefix(2) == ["Hello, Alice.", "Hello, Starling."])
            #expect(try await server.api.get("/openapi.json").json["openapi"].string?.hasPrefix("3.1") == true)
        }
        try await RunningServer.with(data, []) { server in
            let login = try await server.api.send(
                "POST", "/v1/users/login", ["email": "alice@example.org", "password": "correct horse battery"])
            let alice = server.api.with(token: login.json["access_token"].string)
            #expect(try await contents(alice).prefix(2) == ["Hello, Alice.", "Hello, Starling."])
        }
        try await Starling.expectSound(data)
    }

    private func contents(_ api: APIClient) async throws -> [String] {
        try await api.get("/v1/feed?limit=5").json["posts"].strings("content")
    }
}
