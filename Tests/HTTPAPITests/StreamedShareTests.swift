import Accounts
import Core
import Testing

@testable import HTTPAPI

@Suite("Reposts in streams", .timeLimit(.minutes(10)))
struct StreamedShareTests {
    private func gone(_ id: String) -> String { #"post.deleted {"post_id":"\#(id)"}"# }
    private func new(_ id: String, by sharer: Person? = nil) -> String {
        #"post.new {"post_id":"\#(id)"\#(sharer.map { #","sharer_id":"\#($0.id)""# } ?? "")}"#
    }

    /// Alice listens to bob and dan, who share a post of carol's.
    private func world(
        _ body: @Sendable @escaping (TestServer, Cast, String, LiveStream) async throws -> Void
    ) async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.alice, cast.bob)
            try await server.follow(cast.alice, cast.dan)
            let post = try await server.publish("hello", by: cast.carol)
            try await server.drained()
            try await server.listening(as: cast.alice) { try await body(server, cast, post, $0) }
        }
    }

    /// The next that is told of posts.
    private func next(_ stream: LiveStream) async -> String? {
        while let told = await stream.next() {
            if told.hasPrefix("post.") { return told }
        }
        return nil
    }

    @Test("a repost is told to those to whom it brings the post, once, and the feed has it by then")
    func shared() async throws {
        try await world { server, cast, post, stream in
            await server.post("/v1/posts/\(post)/share", as: cast.bob)
            #expect(await next(stream) == new(post, by: cast.bob))
            #expect(await server.contents("/v1/feed", as: cast.alice) == ["hello"])
            // She has it already.
            await server.post("/v1/posts/\(post)/share", as: cast.dan)
            let own = try await server.publish("marker", by: cast.bob)
            #expect(await next(stream) == new(own))
        }
    }

    @Test("a repost of what its reader follows, wrote or does not want to see is no news")
    func noNews() async throws {
        try await world { server, cast, post, stream in
            await server.post("/v1/users/\(cast.carol.id)/mute", as: cast.alice)
            await server.post("/v1/posts/\(post)/share", as: cast.bob)
            let own = try await server.publish("mine", by: cast.alice)
            #expect(await next(stream) == new(own))
            await server.post("/v1/posts/\(own)/share", as: cast.bob)
            let dans = try await server.publish("dan's", by: cast.dan)
            #expect(await next(stream) == new(dans))
            await server.post("/v1/posts/\(dans)/share", as: cast.bob)
            let marker = try await server.publish("marker", by: cast.bob)
            #expect(await next(stream) == new(marker))
        }
    }

    @Test("when the last repost that brings a post goes, the post has gone")
    func unshared() async throws {
        try await world { server, cast, post, stream in
            await server.post("/v1/posts/\(post)/share", as: cast.bob)
            #expect(await next(stream) == new(post, by: cast.bob))
            await server.post("/v1/posts/\(post)/share", as: cast.dan)
            await server.delete("/v1/posts/\(post)/share", as: cast.bob)
            let marker = try await server.publish("marker", by: cast.bob)
            #expect(await next(stream) == new(marker))
            await server.delete("/v1/posts/\(post)/share", as: cast.dan)
            #expect(await next(stream) == gone(post))
        }
    }

    @Test(
        "a post that came by a repost is told of when it changes and when it is not to be seen any more",
        arguments: ["visibility", "delete", "account", "block", "suspend", "unfollow", "sharer"])
    func restricted(how: String) async throws {
        try await world { server, cast, post, stream in
            await server.post("/v1/posts/\(post)/share", as: cast.bob)
            #expect(await next(stream) == new(post, by: cast.bob))
            await server.put("/v1/posts/\(post)", as: cast.carol, #"{"content":"new"}"#)
            #expect(await next(stream) == #"post.updated {"post_id":"\#(post)"}"#)
            switch how {
            case "visibility":
                await server.put(
                    "/v1/posts/\(post)", as: cast.carol, #"{"content":"new","visibility":"followers"}"#)
            case "delete": await server.delete("/v1/posts/\(post)", as: cast.carol)
            case "account": try await server.makePrivate(cast.carol)
            case "block": await server.post("/v1/users/\(cast.alice.id)/block", as: cast.carol)
            case "suspend": try await server.services.accounts.suspend(try #require(ID(cast.carol.id)))
            case "unfollow": await server.delete("/v1/users/\(cast.bob.id)/follow", as: cast.alice)
            default: try await server.services.accounts.suspend(try #require(ID(cast.bob.id)))
            }
            #expect(await next(stream) == gone(post))
            #expect(await server.contents("/v1/feed", as: cast.alice) == [])
        }
    }

    @Test("a sharer who becomes private keeps followers, and what they have by the repost")
    func privateSharer() async throws {
        try await world { server, cast, post, stream in
            await server.post("/v1/posts/\(post)/share", as: cast.bob)
            #expect(await next(stream) == new(post, by: cast.bob))
            try await server.makePrivate(cast.bob)
            #expect(await server.contents("/v1/feed", as: cast.alice) == ["hello"])
            await server.post("/v1/users/\(cast.alice.id)/block", as: cast.bob)
            #expect(await next(stream) == gone(post))
        }
    }

    @Test("counters come of posts that a repost brought, and what was missed is told later")
    func countersAndResumption() async throws {
        try await world { server, cast, post, stream in
            await server.post("/v1/posts/\(post)/share", as: cast.bob)
            #expect(await next(stream) == new(post, by: cast.bob))
            await server.post("/v1/posts/\(post)/like", as: cast.dan)
            var told = await stream.next()
            while told?.contains(#""likes_count":1"#) == false { told = await stream.next() }
            #expect(told?.hasPrefix("counters") == true)
        }
    }

    @Test("a password's change ends the streams of all sessions; the one that changed it may come back")
    func password() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let other = try await server.login("alice")
            try await server.listening(as: alice) { own in
                try await server.listening(as: other) { foreign in
                    let body = #"{"password":"another horse","current_password":"\#(Person.password)"}"#
                    #expect(await server.put("/v1/me/password", as: alice, body).status == 204)
                    #expect(await own.next() == "end credentials_changed")
                    #expect(await foreign.next() == "end unauthorized")
                }
            }
            try await server.listening(as: alice) { _ in }
            #expect(await server.get("/v1/stream", as: other).status == 401)
        }
    }
}
