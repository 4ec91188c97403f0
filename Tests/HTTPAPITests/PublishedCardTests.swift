import Core
import Testing

@testable import HTTPAPI
@testable import Posts

@Suite("Cards of new posts")
struct PublishedCardTests {
    @Test("a post is in memory from its acknowledgement on, and its next version replaces it")
    func inMemory() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let created = await server.post("/v1/posts", as: alice, #"{"content":"first"}"#)
            let id = try #require(created.json["post_id"].string.flatMap { ID<Post>($0) })
            let library = server.services.posts.library
            let known = try #require(library.cached(Position(id.rawValue)))
            #expect(known?.post.id == id)
            try await server.drained()
            #expect(library.cached(Position(id.rawValue)) != nil, "fan-out tells of it again")
            await server.put("/v1/posts/\(id)", as: alice, #"{"content":"second"}"#)
            #expect(library.cached(Position(id.rawValue))??.post.version != 1)
            #expect(await server.get("/v1/posts/\(id)").json["content"] == .text("second"))
        }
    }

    @Test("a card that was announced in vain leaves nothing behind")
    func withdrawn() async throws {
        try await TestServer.run { server in
            let library = server.services.posts.library
            let alice = try await server.register("alice")
            let post = Post(
                id: ID(7), author: try #require(ID(alice.id)), position: Position(7), visibility: .everyone,
                replyTo: nil, replyToAuthor: nil, rootID: nil, depth: 0, version: 1, createdAt: 0, editedAt: nil)
            library.announce(PostCard(post, content: "never on disk"))
            #expect(library.cached(Position(7)) == nil)
            library.withdraw(Position(7))
            library.committed([.published(post: 7, author: post.author.rawValue, position: 7)])
            #expect(library.cached(Position(7)) == nil)
        }
    }

    @Test("a card that is counted stays in memory for warm reads, and is loaded anew")
    func counted() async throws {
        try await TestServer.run { server in
            let library = server.services.posts.library
            let (alice, bob) = (try await server.register("alice"), try await server.register("bob"))
            let created = await server.post("/v1/posts", as: alice, #"{"content":"first"}"#)
            let id = try #require(created.json["post_id"].string.flatMap { ID<Post>($0) })
            let position = Position(id.rawValue)
            await withTaskGroup(of: Void.self) { tasks in
                tasks.addTask { do { try await library.run() } catch {} }
                while !library.outdated.isWatched { await Task.yield() }
                for emoji in ["LIKE", "LOVE"] {
                    await server.post(
                        "/v1/posts/\(id)/like", as: emoji == "LIKE" ? alice : bob, #"{"reaction":"\#(emoji)"}"#)
                }
                library.committed([.postCounters([position.rawValue])])
                #expect(library.cached(position) != nil)
                do { try await server.drained() } catch { Issue.record(error) }
                while library.cached(position)??.likes != 2 { await Task.yield() }
                library.outdated.finish()
            }
            // Nobody would load it now.
            library.committed([.postCounters([position.rawValue])])
            #expect(library.cached(position) == nil)
        }
    }

    @Test("a post that is liked stays in memory, with its new number")
    func liked() async throws {
        try await TestServer.run { server in
            let library = server.services.posts.library
            let (alice, bob) = (try await server.register("alice"), try await server.register("bob"))
            let id = try #require(ID<Post>(try await server.publish("first", by: alice)))
            func settled() async throws -> PostCard? {
                try await server.drained()
                return library.cached(Position(id.rawValue)) ?? nil
            }
            let path = "/v1/posts/\(id)/like"
            await server.post(path, as: alice)
            #expect(try await settled()?.likes == 1)
            await server.post(path, as: bob)
            let card = try #require(try await settled())
            #expect(card.likes == 2)
            #expect(card.content == "first")
            #expect(await server.get("/v1/posts/\(id)").json["likes_count"] == .number(2))
            await server.delete(path, as: alice)
            #expect(try await settled()?.likes == 1)
        }
    }

    @Test("the first repost is told of at once")
    func shared() async throws {
        try await TestServer.run { server in
            let library = server.services.posts.library
            let (alice, bob) = (try await server.register("alice"), try await server.register("bob"))
            let created = await server.post("/v1/posts", as: alice, #"{"content":"first"}"#)
            let id = try #require(created.json["post_id"].string.flatMap { ID<Post>($0) })
            // As where somebody loads cards anew, who has not come to it yet.
            let watched = library.outdated.watched()
            await server.post("/v1/posts/\(id)/share", as: bob, "")
            #expect(library.cached(Position(id.rawValue)) == nil)
            withExtendedLifetime(watched) {}
        }
    }
}
