import Core
import Posts
import SQL
import Testing

@testable import HTTPAPI

@Suite("Drafts", .timeLimit(.minutes(10)))
struct DraftRouteTests {
    @Test("a draft is kept, listed, replaced and deleted, by its author alone")
    func drafts() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let body = #"{"content":"idea","visibility":"followers","poll":{"options":["a","b"],"expires_in":600}}"#
            let draft = await server.post("/v1/me/drafts", as: cast.alice, body).json
            let path = "/v1/me/drafts/\(draft["draft_id"].string ?? "")"
            #expect(draft["visibility"] == .text("followers"))
            #expect(draft["poll"]["expires_in"] == .number(600))
            for answer in [
                await server.put(path, as: cast.bob, body), await server.delete(path, as: cast.bob),
                await server.post(path + "/publish", as: cast.bob), await server.put(path, as: cast.bob, "[]"),
            ] { #expect(answer.status == 404) }
            #expect(await server.get("/v1/me/drafts", as: cast.bob).json["drafts"] == .list([]))
            let changed = await server.put(path, as: cast.alice, #"{"content":"better"}"#).json
            #expect(changed["content"] == .text("better"))
            #expect(changed["poll"] == .null)
            #expect(await server.get("/v1/me/drafts", as: cast.alice).json["drafts"] == .list([changed]))
            #expect(await server.get("/v1/me/scheduled", as: cast.alice).json["scheduled"] == .list([]))
            #expect(await server.delete(path, as: cast.alice).status == 204)
            #expect(await server.delete(path, as: cast.alice).status == 404)
            #expect(try await server.count("SELECT count(*) FROM posts") == 0)
        }
    }

    @Test("a draft is published once, with everything it has")
    func publishing() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let quoted = try await server.publish("hello", by: cast.bob)
            let body =
                #"{"content":"see @carol","quote_of":"\#(quoted)","share_policy":"nobody","poll":{"options":["a","b"],"expires_in":600,"multiple":true}}"#
            let draft = await server.post("/v1/me/drafts", as: cast.alice, body).json["draft_id"].string ?? ""
            try await server.drained()
            #expect(try await server.notifications(of: cast.carol) == [])
            let statuses = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask { await server.post("/v1/me/drafts/\(draft)/publish", as: cast.alice).status }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 201 } == 1)
            #expect(statuses.count { $0 == 404 } == 7)
            let post = await server.get("/v1/feed", as: cast.alice).json["posts"].array
            #expect(post.count == 1)
            #expect(post.first?["quoted_post"]["content"] == .text("hello"))
            #expect(post.first?["share_policy"] == .text("nobody"))
            #expect(post.first?["poll"]["multiple"] == .bool(true))
            #expect(try await server.notifications(of: cast.carol).map(\.line) == ["mention by alice"])
            #expect(await server.get("/v1/me/drafts", as: cast.alice).json["drafts"] == .list([]))
        }
    }
}
