import Accounts
import Core
import Posts
import Testing

@testable import HTTPAPI

@Suite("What counters tell", .timeLimit(.minutes(10)))
struct CountedCommentTests {
    /// A post of alice's with a comment and a quote of bob's, and a comment of carol's below bob's.
    private func thread(_ cast: Cast, _ server: TestServer) async throws -> String {
        let root = try await server.publish("root", by: cast.alice)
        let comment = try await server.comment("one", by: cast.bob, on: root)
        try await server.comment("deep", by: cast.carol, on: root, replyTo: comment)
        await server.post("/v1/posts", as: cast.bob, #"{"content":"look","quote_of":"\#(root)"}"#)
        return root
    }

    /// Comments and quotes.
    private func counts(_ post: String, _ server: TestServer) async throws -> [JSON] {
        try await server.drained()
        let post = await server.get("/v1/posts/\(post)").json
        return [post["comments_count"], post["quotes_count"]]
    }

    @Test("what a suspended account wrote is not counted, until it is back")
    func suspension() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let root = try await thread(cast, server)
            #expect(try await counts(root, server) == [.number(2), .number(1)])
            let bob = try #require(ID<Account>(cast.bob.id))
            for _ in 1...2 {
                try await server.services.accounts.suspend(bob)
                #expect(try await counts(root, server) == [.number(1), .number(0)])
                try await server.services.accounts.reinstate(bob)
                #expect(try await counts(root, server) == [.number(2), .number(1)])
            }
        }
    }

    @Test("what its author's post loses while the author is suspended is counted neither then nor later")
    func removal() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let root = try await server.publish("root", by: cast.alice)
            let comment = try await server.comment("one", by: cast.bob, on: root)
            let bob = try #require(ID<Account>(cast.bob.id))
            try await server.services.accounts.suspend(bob)
            // Whatever the consumer has come to.
            _ = try? await server.services.posts.removeComment(
                try #require(ID(comment)), viewer: try #require(ID(cast.alice.id)))
            try await server.services.accounts.reinstate(bob)
            let expected = await server.get("/v1/posts/\(root)/comments").json["comments"].array.count
            #expect(try await counts(root, server)[0] == .number(Double(expected)))
        }
    }

    @Test("what a private account wrote is not told to strangers by a number")
    func privacy() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let root = try await thread(cast, server)
            try await server.makePrivate(cast.bob)
            #expect(try await counts(root, server) == [.number(1), .number(0)])
            try await server.comment("two", by: cast.bob, on: root)
            #expect(try await counts(root, server) == [.number(1), .number(0)])
            #expect(await server.patch("/v1/me", as: cast.bob, #"{"is_private":false}"#).status == 200)
            #expect(try await counts(root, server) == [.number(3), .number(1)])
        }
    }

    @Test("a comment or quote that is not for everyone is not counted, nor one of an account that leaves")
    func visibility() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let root = try await thread(cast, server)
            for visibility in ["followers", "private", "close_friends"] {
                await server.post(
                    "/v1/posts", as: cast.dan,
                    #"{"content":"look","quote_of":"\#(root)","visibility":"\#(visibility)"}"#)
                await server.post(
                    "/v1/posts/\(root)/comments", as: cast.dan, #"{"content":"x","visibility":"\#(visibility)"}"#)
            }
            #expect(try await counts(root, server) == [.number(2), .number(1)])
            #expect(await server.leave(cast.bob).status == 202)
            #expect(try await counts(root, server) == [.number(1), .number(0)])
            _ = try await server.login("bob")
            #expect(try await counts(root, server) == [.number(2), .number(1)])
        }
    }
}
