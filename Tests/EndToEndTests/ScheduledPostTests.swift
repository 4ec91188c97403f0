import Foundation
import HTTPClient
import TestSupport
import Testing

extension EndToEnd {
    @Suite(.serialized, .timeLimit(.minutes(10))) struct ScheduledPostTests {}
}

extension EndToEnd.ScheduledPostTests {
    @Test("a post that was scheduled before a restart comes after it, once")
    func restart() async throws {
        let data = try TemporaryFolder().file("data")
        let options = ["--rate-limits", "off"]
        let (id, token) = try await RunningServer.with(data, options) { server in
            let registration = [
                "username": "alice", "email": "alice@example.org", "password": "correct horse", "display_name": "Alice",
            ]
            let answer = try await server.api.send("POST", "/v1/users/register", registration).json
            let token = try #require(answer["access_token"].string)
            let plan = ["content": "later", "scheduled_at": Date.now.addingTimeInterval(2).ISO8601Format()]
            let planned = try await server.api.with(token: token).send("POST", "/v1/me/scheduled", plan)
            #expect(planned.status == 201)
            return (try #require(answer["user"]["user_id"].string), token)
        }
        try await RunningServer.with(data, options) { server in
            let api = server.api.with(token: token)
            let deadline = ContinuousClock.now + .seconds(60)
            while try await !api.send("GET", "/v1/me/scheduled").json["scheduled"].array.isEmpty,
                ContinuousClock.now < deadline
            { try await Task.sleep(for: .milliseconds(50)) }
            let posts = try await api.send("GET", "/v1/users/\(id)/posts").json["posts"].array
            #expect(posts.map { $0["content"].string } == ["later"])
        }
    }
}
