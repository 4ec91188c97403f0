import Accounts
import Core
import Testing

@testable import HTTPAPI

@Suite("The unread count", .timeLimit(.minutes(10)))
struct UnreadCountTests {
    @Test(
        "what is hidden is not counted, nor is a group whose news are hidden",
        arguments: ["mute", "block", "blocked", "word", "suspend"])
    func hidden(by how: String) async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello", by: cast.alice)
            try await server.comment("nice", by: cast.bob, on: post)
            #expect(try await server.unreadCount(of: cast.alice) == 1)
            await server.post("/v1/notifications/read", as: cast.alice)
            #expect(try await server.unreadCount(of: cast.alice) == 0)
            // News in the group that was read, and a group of their own.
            try await server.comment("a spoiler", by: cast.carol, on: post)
            try await server.publish("@alice a spoiler", by: cast.carol)
            #expect(try await server.unreadCount(of: cast.alice) == 2)
            switch how {
            case "mute", "block": await server.post("/v1/users/\(cast.carol.id)/\(how)", as: cast.alice)
            case "blocked": await server.post("/v1/users/\(cast.alice.id)/block", as: cast.carol)
            case "word": await server.post("/v1/me/muted-words", as: cast.alice, #"{"phrase":"SPOILER"}"#)
            default: try await server.services.accounts.suspend(try #require(ID(cast.carol.id)))
            }
            // Whatever the consumer has come to, and once it has come to all.
            #expect(
                await server.get("/v1/notifications/unread", as: cast.alice).json["unread_count"]
                    == .number(0))
            #expect(try await server.unreadCount(of: cast.alice) == 0)
            let page = await server.get("/v1/notifications", as: cast.alice).json
            #expect(page["unread_count"] == .number(0))
        }
    }
}
