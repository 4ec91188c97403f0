import Accounts
import Core
import Posts
import Testing

@testable import HTTPAPI

@Suite("Scheduled posts that are refused", .timeLimit(.minutes(10)))
struct RejectedPostTests {
    private func schedule(_ more: String = "", by author: Person, _ server: TestServer) async -> String {
        let body = #"{"content":"later","scheduled_at":"\#(server.time(in: 60))"\#(more)}"#
        return await server.post("/v1/me/scheduled", as: author, body).json["scheduled_id"].string ?? ""
    }

    private func told(_ person: Person, _ server: TestServer) async throws -> [String] {
        try await server.notifications(of: person).map {
            "\($0["kind"].string ?? "") \($0["scheduled_id"].string ?? "-") \($0["failure"].string ?? "-")"
        }
    }

    @Test("its author is told once, with the reason, and nobody else; it is found again where it was")
    func refusal() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello", by: cast.bob)
            let quote = await schedule(#","quote_of":"\#(post)""#, by: cast.alice, server)
            await server.delete("/v1/posts/\(post)", as: cast.bob)
            server.clock.advance(by: .seconds(61))
            async let one: Void = server.publishDue()
            async let other: Void = server.publishDue()
            _ = try await (one, other)
            try await server.publishDue()
            #expect(try await told(cast.alice, server) == ["post_rejected \(quote) quote_unavailable"])
            #expect(try await told(cast.bob, server) == [])
            let notification = try await server.notifications(of: cast.alice)[0]
            #expect(notification["post_id"] == .null)
            #expect(notification["actors"] == .list([]))
            #expect(await server.get("/v1/notifications/unread", as: cast.alice).json["unread_count"] == .number(1))
            let kept = await server.get("/v1/me/scheduled", as: cast.alice).json["scheduled"][0]
            #expect(kept["scheduled_id"].string == quote)
            #expect(kept["failure"] == .text("quote_unavailable"))
            #expect(kept["content"] == .text("later"))
            #expect(try await server.count("SELECT count(*) FROM outbox WHERE kind = 17") == 1)
        }
    }

    @Test("once it waits anew or is deleted, nothing is told of it; when it fails again, that is told")
    func changes() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello", by: cast.bob)
            let id = await schedule(#","reply_to":"\#(post)""#, by: cast.alice, server)
            func close(_ policy: String) async {
                await server.put("/v1/posts/\(post)/settings", as: cast.bob, #"{"comments":"\#(policy)"}"#)
            }
            await close("closed")
            server.clock.advance(by: .seconds(61))
            try await server.publishDue()
            #expect(try await told(cast.alice, server) == ["post_rejected \(id) comments_closed"])
            await close("open")
            let body = #"{"content":"again","reply_to":"\#(post)","scheduled_at":"\#(server.time(in: 60))"}"#
            #expect(await server.put("/v1/me/scheduled/\(id)", as: cast.alice, body).status == 200)
            #expect(try await told(cast.alice, server) == [])
            await server.delete("/v1/posts/\(post)", as: cast.bob)
            server.clock.advance(by: .seconds(61))
            try await server.publishDue()
            #expect(try await told(cast.alice, server) == ["post_rejected \(id) reply_unavailable"])
            await server.delete("/v1/me/scheduled/\(id)", as: cast.alice)
            #expect(try await told(cast.alice, server) == [])
        }
    }

    @Test("whoever was suspended hears of it when that is over")
    func suspension() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let id = await schedule(by: cast.carol, server)
            let carol = try #require(ID<Account>(cast.carol.id))
            try await server.services.accounts.suspend(carol)
            server.clock.advance(by: .seconds(61))
            try await server.publishDue()
            try await server.services.accounts.reinstate(carol)
            let told = try await told(try await server.login("carol"), server)
            #expect(told == ["post_rejected \(id) account_inactive"])
        }
    }
}
