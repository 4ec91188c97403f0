import Core
import SQL
import SocialGraph
import Testing
import Timelines

@testable import HTTPAPI

@Suite("Close friends", .timeLimit(.minutes(10)))
struct CloseFriendRouteTests {
    /// Where bob's posts are to be met by those who may see them.
    private func isShown(_ post: String, to person: Person, _ server: TestServer, cast: Cast) async -> Set<Bool> {
        var found: Set<Bool> = []
        for target in ["/v1/feed", "/v1/feed", "/v1/users/\(cast.alice.id)/posts", "/v1/me/bookmarks"] {
            found.insert(await server.contents(target, as: person).contains("secret"))
        }
        found.insert(await server.get("/v1/posts/\(post)", as: person).status == 200)
        found.insert(await server.get("/v1/posts/\(post)/comments", as: person).status == 200)
        return found
    }

    @Test("only those on the list see a post for close friends, from when they are on it until they are not")
    func audience() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            for person in [cast.bob, cast.carol] { try await server.follow(person, cast.alice) }
            let early = try await server.publish("secret", by: cast.alice, visibility: "public")
            for person in [cast.bob, cast.carol] { await server.post("/v1/posts/\(early)/bookmark", as: person) }
            await server.put(
                "/v1/posts/\(early)", as: cast.alice, #"{"content":"secret","visibility":"close_friends"}"#)
            try await server.drained()
            #expect(await isShown(early, to: cast.bob, server, cast: cast) == [false])
            #expect(await isShown(early, to: cast.carol, server, cast: cast) == [false])
            let token = await server.get("/v1/feed", as: cast.bob).json["latest"].string ?? ""

            let friend = "/v1/me/close-friends/\(cast.bob.id)"
            #expect(await server.put(friend, as: cast.alice).status == 204)
            #expect(await server.put(friend, as: cast.alice).status == 204)
            try await server.drained()
            #expect(await isShown(early, to: cast.bob, server, cast: cast) == [true])
            #expect(await isShown(early, to: cast.carol, server, cast: cast) == [false])
            #expect(await server.contents("/v1/feed?since=\(token)", as: cast.bob) == ["secret"])
            #expect(await server.contents("/v1/users/\(cast.alice.id)/posts") == [])

            // At once, whatever was pushed.
            #expect(await server.delete(friend, as: cast.alice).status == 204)
            #expect(await isShown(early, to: cast.bob, server, cast: cast) == [false])
            #expect(await server.delete(friend, as: cast.alice).status == 204)
        }
    }

    @Test("fan-out reaches followers on the list, and nobody else's timeline")
    func fanOut() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            for person in [cast.bob, cast.carol] { try await server.follow(person, cast.alice) }
            for person in [cast.bob, cast.dan] { await server.put("/v1/me/close-friends/\(person.id)", as: cast.alice) }
            try await server.drained()
            for person in [cast.bob, cast.carol, cast.dan] { _ = await server.get("/v1/feed", as: person) }
            try await server.publish("secret", by: cast.alice, visibility: "close_friends")
            try await server.drained()
            func holds(_ person: Person) -> Bool {
                ID(person.id).flatMap { server.home.timeline(of: $0) }?.entries.isEmpty == false
            }
            #expect(holds(cast.bob))
            #expect(!holds(cast.carol))
            #expect(!holds(cast.dan))
            #expect(await server.contents("/v1/feed", as: cast.bob) == ["secret"])
            // On the list, and no follower.
            #expect(await server.contents("/v1/feed", as: cast.dan) == [])
            #expect(await server.contents("/v1/users/\(cast.alice.id)/posts", as: cast.dan) == ["secret"])
        }
    }

    @Test("nobody can repost or quote such a post but its author, and nobody else sees it in one")
    func sharing() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            await server.put("/v1/me/close-friends/\(cast.bob.id)", as: cast.alice)
            let post = try await server.publish("secret", by: cast.alice, visibility: "close_friends")
            let quote = #"{"content":"look","quote_of":"\#(post)"}"#
            #expect(await server.post("/v1/posts/\(post)/share", as: cast.bob).problem == "sharing-closed")
            #expect(await server.post("/v1/posts", as: cast.bob, quote).problem == "sharing-closed")
            #expect(await server.post("/v1/posts/\(post)/share", as: cast.carol).status == 404)
            let own = await server.post("/v1/posts", as: cast.alice, quote).json["post_id"].string ?? ""
            #expect(
                await server.get("/v1/posts/\(own)", as: cast.bob).json["quoted_post"]["content"] == .text("secret"))
            #expect(
                await server.get("/v1/posts/\(own)", as: cast.carol).json["quoted_post"]["unavailable"] == .bool(true))
        }
    }

    @Test("a private account shows a friend who does not follow it what is for friends, and nothing else")
    func privateAccount() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let shared = try await server.publish("by carol", by: cast.carol)
            try await server.publish("public", by: cast.alice)
            try await server.publish("secret", by: cast.alice, visibility: "close_friends")
            await server.post("/v1/posts/\(shared)/share", as: cast.alice)
            try await server.makePrivate(cast.alice)
            await server.put("/v1/me/close-friends/\(cast.bob.id)", as: cast.alice)
            #expect(await server.contents("/v1/users/\(cast.alice.id)/posts", as: cast.bob) == ["secret"])
            #expect(await server.contents("/v1/users/\(cast.alice.id)/posts", as: cast.dan) == [])
        }
    }

    @Test("a mention in it tells those on the list, and a listener hears of it when on the list")
    func telling() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            for person in [cast.bob, cast.carol] { try await server.follow(person, cast.alice) }
            await server.put("/v1/me/close-friends/\(cast.bob.id)", as: cast.alice)
            try await server.drained()
            try await server.listening(as: cast.carol) { carol in
                try await server.publish("@bob @carol", by: cast.alice, visibility: "close_friends")
                #expect(try await server.notifications(of: cast.bob).map(\.line) == ["mention by alice"])
                #expect(try await server.notifications(of: cast.carol) == [])
                let seen = try await server.publish("hello", by: cast.alice)
                #expect(await carol.next()?.contains(seen) == true)
            }
            await server.delete("/v1/me/close-friends/\(cast.bob.id)", as: cast.alice)
            #expect(await server.get("/v1/notifications", as: cast.bob).json["notifications"] == .list([]))
        }
    }

    @Test("the list is its owner's, keeps the newest first, and a block ends it for good")
    func list() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            for person in [cast.bob, cast.carol, cast.dan] {
                await server.put("/v1/me/close-friends/\(person.id)", as: cast.alice)
            }
            func names() async -> [String] { await server.usernames("/v1/me/close-friends", as: cast.alice) }
            #expect(await names() == ["dan", "carol", "bob"])
            let page = await server.get("/v1/me/close-friends?limit=2", as: cast.alice).json
            let cursor = page["next_cursor"].string ?? ""
            #expect(await server.usernames("/v1/me/close-friends?cursor=\(cursor)", as: cast.alice) == ["bob"])
            #expect(await server.usernames("/v1/me/close-friends", as: cast.bob) == [])
            await server.post("/v1/users/\(cast.bob.id)/block", as: cast.alice)
            #expect(await server.put("/v1/me/close-friends/\(cast.bob.id)", as: cast.alice).problem == "blocking")
            await server.delete("/v1/users/\(cast.bob.id)/block", as: cast.alice)
            await server.post("/v1/users/\(cast.alice.id)/block", as: cast.carol)
            await server.delete("/v1/users/\(cast.alice.id)/block", as: cast.carol)
            #expect(await names() == ["dan"])
        }
    }

    @Test("the list has an end")
    func bound() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let alice = cast.alice.id
            _ = try await server.database.write { store in
                try store.execute(
                    """
                    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(Limits.closeFriendsMax))
                    INSERT INTO users (id, username, display_name, created_at) SELECT i, 'fan' || i, '', 0 FROM n
                    """, [])
                try store.execute(
                    "INSERT INTO close_friends (account_id, friend_id, added_id) SELECT \(alice), id, id FROM users WHERE id <= \(Limits.closeFriendsMax)",
                    [])
            }
            #expect(await server.put("/v1/me/close-friends/\(cast.bob.id)", as: cast.alice).problem == "limit-reached")
        }
    }
}
