import Accounts
import Core
import Posts
import SQL
import Testing

@testable import HTTPAPI

@Suite("Scheduled posts", .timeLimit(.minutes(10)))
struct ScheduledRouteTests {
    private func schedule(
        _ more: String = "", in seconds: Int64 = 60, by author: Person, _ server: TestServer
    ) async -> Answer {
        let body = #"{"content":"later","scheduled_at":"\#(server.time(in: seconds))"\#(more)}"#
        return await server.post("/v1/me/scheduled", as: author, body)
    }

    private func failures(of author: Person, _ server: TestServer) async -> [String?] {
        await server.get("/v1/me/scheduled", as: author).json["scheduled"].array.map { $0["failure"].string }
    }

    @Test(
        "a scheduled post comes at its time and not before, once, new to its readers, with its poll's time ahead of it")
    func schedule() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.bob, cast.alice)
            try await server.drained()
            _ = await server.get("/v1/feed", as: cast.bob)
            let planned = await schedule(
                #","poll":{"options":["a","b"],"expires_in":600}"#, in: 600, by: cast.alice, server)
            #expect(planned.status == 201)
            #expect(planned.json["failure"] == .null)
            let between = try await server.publish("between", by: cast.alice)
            try await server.drained()
            let token = await server.get("/v1/feed", as: cast.bob).json["latest"].string ?? ""
            try await server.publishDue()
            #expect(await server.contents("/v1/feed", as: cast.bob) == ["between"])
            server.clock.advance(by: .seconds(601))
            async let one: Void = server.publishDue()
            async let other: Void = server.publishDue()
            _ = try await (one, other)
            try await server.publishDue()
            let feed = await server.contents("/v1/feed", as: cast.bob)
            #expect(feed == ["later", "between"])
            let news = await server.contents("/v1/feed?since=\(token)", as: cast.bob)
            #expect(news == ["later"])
            let post = await server.get("/v1/users/\(cast.alice.id)/posts").json["posts"][0]
            let id = post["post_id"].string ?? ""
            #expect(id > between)
            #expect(id != planned.json["scheduled_id"].string)
            #expect((post["poll"]["expires_at"].string ?? "") > server.time(in: 500))
            let waiting = await server.get("/v1/me/scheduled", as: cast.alice).json["scheduled"]
            #expect(waiting == .list([]))
        }
    }

    @Test("what rules refuse when the time comes stays with the reason, and waits anew once it is changed")
    func refusals() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello", by: cast.bob)
            for more in [#","quote_of":"\#(post)""#, #","reply_to":"\#(post)""#] {
                #expect(await schedule(more, by: cast.alice, server).status == 201)
            }
            await server.put(
                "/v1/posts/\(post)", as: cast.bob, #"{"content":"hello","share_policy":"nobody"}"#)
            await server.put("/v1/posts/\(post)/settings", as: cast.bob, #"{"comments":"closed"}"#)
            server.clock.advance(by: .seconds(61))
            try await server.publishDue()
            #expect(await failures(of: cast.alice, server) == ["comments_closed", "sharing_closed"])
            #expect(await server.contents("/v1/users/\(cast.alice.id)/posts") == [])
            // Not tried again by itself.
            await server.put("/v1/posts/\(post)/settings", as: cast.bob, #"{"comments":"open"}"#)
            try await server.publishDue()
            #expect(await failures(of: cast.alice, server) == ["comments_closed", "sharing_closed"])
            let failed = await server.get("/v1/me/scheduled", as: cast.alice).json["scheduled"][0]
            let body = #"{"content":"again","reply_to":"\#(post)","scheduled_at":"\#(server.time(in: 60))"}"#
            let id = failed["scheduled_id"].string ?? ""
            #expect(await server.put("/v1/me/scheduled/\(id)", as: cast.alice, body).json["failure"] == .null)
            server.clock.advance(by: .seconds(61))
            try await server.publishDue()
            #expect(await failures(of: cast.alice, server) == ["sharing_closed"])
            #expect(await server.get("/v1/posts/\(post)/comments").json["comments"][0]["content"] == .text("again"))
        }
    }

    @Test("a post that is gone is neither answered nor quoted, and a suspended account publishes nothing")
    func endings() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello", by: cast.bob)
            for more in [#","quote_of":"\#(post)""#, #","reply_to":"\#(post)""#] {
                _ = await schedule(more, by: cast.alice, server)
            }
            _ = await schedule(by: cast.carol, server)
            await server.delete("/v1/posts/\(post)", as: cast.bob)
            let carol = try #require(ID<Account>(cast.carol.id))
            try await server.services.accounts.suspend(carol)
            server.clock.advance(by: .seconds(61))
            try await server.publishDue()
            #expect(await failures(of: cast.alice, server) == ["reply_unavailable", "quote_unavailable"])
            try await server.services.accounts.reinstate(carol)
            #expect(await failures(of: try await server.login("carol"), server) == ["account_inactive"])
            #expect(try await server.count("SELECT count(*) FROM posts WHERE state = 3") == 0)
        }
    }

    @Test("what cannot be scheduled is refused at once")
    func checks() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post =
                await server.post(
                    "/v1/posts", as: cast.bob, #"{"content":"mine","share_policy":"nobody"}"#
                ).json["post_id"].string ?? ""
            for seconds: Int64 in [-1, 0, 367 * 86_400] {
                #expect(await schedule(in: seconds, by: cast.alice, server).json["field"] == .text("scheduled_at"))
            }
            for time in ["null", "17", #""tomorrow""#, #""2025-13-01T00:00:00Z""#] {
                let body = #"{"content":"later","scheduled_at":\#(time)}"#
                #expect(
                    await server.post("/v1/me/scheduled", as: cast.alice, body).json["field"] == .text("scheduled_at"))
            }
            #expect(await schedule(#","quote_of":"\#(post)""#, by: cast.alice, server).problem == "sharing-closed")
            #expect(await schedule(#","reply_to":"17""#, by: cast.alice, server).json["field"] == .text("reply_to"))
            let now = #"{"content":"now?","scheduled_at":"\#(server.time(in: 60))"}"#
            for target in ["/v1/posts", "/v1/me/drafts"] {
                #expect(await server.post(target, as: cast.alice, now).json["field"] == .text("scheduled_at"))
            }
            #expect(try await server.count("SELECT count(*) FROM planned_posts") == 0)
            #expect(try await server.count("SELECT count(*) FROM posts") == 1)
        }
    }

    @Test("lists have an end, come in pages, and what was changed in time is published as it is now")
    func bounds() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            for _ in 0..<Limits.plannedPostsMax { _ = await schedule(by: cast.alice, server) }
            #expect(await schedule(by: cast.alice, server).problem == "limit-reached")
            #expect(await server.post("/v1/me/drafts", as: cast.alice, #"{"content":"x"}"#).status == 201)
            var seen: Set<String> = []
            var cursor = ""
            repeat {
                let page = await server.get("/v1/me/scheduled?limit=30\(cursor)", as: cast.alice).json
                seen.formUnion(page["scheduled"].array.compactMap { $0["scheduled_id"].string })
                cursor = page["next_cursor"].string.map { "&cursor=\($0)" } ?? ""
            } while !cursor.isEmpty
            #expect(seen.count == Limits.plannedPostsMax)
            for id in seen.dropFirst() { await server.delete("/v1/me/scheduled/\(id)", as: cast.alice) }
            let body = #"{"content":"changed","scheduled_at":"\#(server.time(in: 60))"}"#
            await server.put("/v1/me/scheduled/\(seen.first ?? "")", as: cast.alice, body)
            server.clock.advance(by: .seconds(90))
            try await server.publishDue()
            #expect(await server.contents("/v1/users/\(cast.alice.id)/posts") == ["changed"])
        }
    }
}
