import Testing

@testable import HTTPAPI

@Suite("The graph")
struct GraphRouteTests {
    private static func state(_ following: Bool, _ requested: Bool) -> JSON {
        .object(["following": .bool(following), "requested": .bool(requested)])
    }

    @Test("one follows, again without effect, and unfollows by either path")
    func follow() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let target = "/v1/users/\(cast.alice.id)"
            for path in ["follow", "unfollow"] {
                for _ in 0..<2 {
                    #expect(await server.post("\(target)/follow", as: cast.bob).json == Self.state(true, false))
                }
                #expect(await server.usernames("\(target)/followers") == ["bob"])
                #expect(await server.usernames("/v1/users/\(cast.bob.id)/following") == ["alice"])
                for _ in 0..<2 {
                    let answer = await server.delete("\(target)/\(path)", as: cast.bob)
                    #expect(answer.json == Self.state(false, false))
                }
                #expect(await server.usernames("\(target)/followers") == [])
            }
            let own = await server.post("/v1/users/\(cast.bob.id)/follow", as: cast.bob)
            #expect(own.problem == "invalid")
        }
    }

    @Test("a private account is asked, and accepts or rejects")
    func requests() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.makePrivate(cast.alice)
            let target = "/v1/users/\(cast.alice.id)/follow"
            for person in [cast.bob, cast.carol, cast.dan] {
                #expect(await server.post(target, as: person).json == Self.state(false, true))
            }
            #expect(await server.post(target, as: cast.bob).json == Self.state(false, true))
            #expect(await server.usernames("/v1/me/follow-requests", as: cast.alice) == ["dan", "carol", "bob"])
            let relationship = await server.get("/v1/users/\(cast.bob.id)/relationship", as: cast.alice).json
            #expect(relationship["requested_by"] == .bool(true))

            func answer(_ person: Person, _ verdict: String) async -> Int {
                await server.post("/v1/me/follow-requests/\(person.id)/\(verdict)", as: cast.alice).status
            }
            #expect(await answer(cast.bob, "accept") == 204)
            #expect(await answer(cast.bob, "accept") == 404)
            #expect(await answer(cast.carol, "reject") == 204)
            #expect(await answer(cast.carol, "reject") == 404)
            #expect(await server.delete(target, as: cast.dan).json == Self.state(false, false))
            #expect(await server.usernames("/v1/me/follow-requests", as: cast.alice) == [])
            #expect(await server.post(target, as: cast.bob).json == Self.state(true, false))
            #expect(await server.usernames("/v1/users/\(cast.alice.id)/followers", as: cast.bob) == ["bob"])
            #expect(await server.usernames("/v1/users/\(cast.alice.id)/followers", as: cast.carol) == [])
            #expect(await server.usernames("/v1/users/\(cast.alice.id)/followers") == [])
        }
    }

    @Test("opening up accepts all who asked")
    func opening() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.makePrivate(cast.alice)
            try await server.publish("hello", by: cast.alice)
            try await server.follow(cast.bob, cast.alice)
            #expect(await server.contents("/v1/feed", as: cast.bob) == [])
            try await server.makePrivate(cast.alice, false)
            try await server.drained()
            #expect(await server.contents("/v1/feed", as: cast.bob) == ["hello"])
            #expect(await server.usernames("/v1/users/\(cast.alice.id)/followers") == ["bob"])
        }
    }

    @Test("a block hides both from each other at once and ends their follows")
    func block() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("from alice", by: cast.alice)
            try await server.publish("from bob", by: cast.bob)
            try await server.follow(cast.alice, cast.bob)
            try await server.follow(cast.bob, cast.alice)
            try await server.drained()
            #expect(await server.contents("/v1/feed", as: cast.bob) == ["from bob", "from alice"])

            let answer = await server.post("/v1/users/\(cast.bob.id)/block", as: cast.alice)
            #expect(answer.json["blocking"] == .bool(true))
            #expect(answer.json["following"] == .bool(false))
            #expect(answer.json["followed_by"] == .bool(false))
            #expect(await server.contents("/v1/feed", as: cast.bob) == ["from bob"])
            #expect(await server.contents("/v1/feed", as: cast.alice) == ["from alice"])
            #expect(await server.get("/v1/posts/\(post)", as: cast.bob).status == 404)
            #expect(await server.get("/v1/users/\(cast.alice.id)", as: cast.bob).status == 404)
            #expect(await server.get("/v1/users/\(cast.bob.id)", as: cast.alice).status == 200)
            #expect(await server.post("/v1/users/\(cast.alice.id)/follow", as: cast.bob).status == 404)
            #expect(await server.post("/v1/users/\(cast.alice.id)/block", as: cast.bob).status == 404)
            #expect(await server.post("/v1/users/\(cast.bob.id)/follow", as: cast.alice).problem == "blocking")
            #expect(await server.usernames("/v1/me/blocks", as: cast.alice) == ["bob"])
            #expect(await server.usernames("/v1/me/blocks", as: cast.bob) == [])
            let reply = #"{"content":"hey","reply_to":"\#(post)"}"#
            #expect(await server.post("/v1/posts", as: cast.bob, reply).problem == "invalid")

            let lifted = await server.delete("/v1/users/\(cast.bob.id)/block", as: cast.alice)
            #expect(lifted.json["blocking"] == .bool(false))
            #expect(await server.get("/v1/posts/\(post)", as: cast.bob).status == 200)
            #expect(await server.contents("/v1/feed", as: cast.bob) == ["from bob"])
        }
    }

    @Test("those kept apart by a block do not meet in others' lists")
    func listsAndBlocks() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            for person in [cast.alice, cast.bob, cast.carol] { try await server.follow(person, cast.dan) }
            await server.post("/v1/users/\(cast.bob.id)/block", as: cast.alice)
            let list = "/v1/users/\(cast.dan.id)/followers"
            #expect(await server.usernames(list, as: cast.alice) == ["carol", "alice"])
            #expect(await server.usernames(list, as: cast.bob) == ["carol", "bob"])
            #expect(await server.usernames(list) == ["carol", "bob", "alice"])
        }
    }

    @Test("a mute keeps posts out of the home feed and nowhere else")
    func mute() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello", by: cast.bob)
            try await server.follow(cast.alice, cast.bob)
            try await server.drained()
            #expect(await server.contents("/v1/feed", as: cast.alice) == ["hello"])
            let muted = await server.post("/v1/users/\(cast.bob.id)/mute", as: cast.alice)
            #expect(muted.json["muting"] == .bool(true))
            #expect(await server.contents("/v1/feed", as: cast.alice) == [])
            #expect(await server.get("/v1/posts/\(post)", as: cast.alice).status == 200)
            #expect(await server.contents("/v1/users/\(cast.bob.id)/posts", as: cast.alice) == ["hello"])
            #expect(await server.usernames("/v1/me/mutes", as: cast.alice) == ["bob"])
            let other = await server.get("/v1/users/\(cast.alice.id)/relationship", as: cast.bob).json
            #expect(other["muting"] == .bool(false))
            #expect(await server.delete("/v1/users/\(cast.bob.id)/mute", as: cast.alice).json["muting"] == .bool(false))
            #expect(await server.contents("/v1/feed", as: cast.alice) == ["hello"])
        }
    }

    @Test("two who block each other at once do not lock each other out for good")
    func mutualBlock() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            async let one = server.post("/v1/users/\(cast.bob.id)/block", as: cast.alice)
            async let other = server.post("/v1/users/\(cast.alice.id)/block", as: cast.bob)
            let statuses = await [one.status, other.status]
            #expect(statuses.contains(200))
            let blocks =
                await server.usernames("/v1/me/blocks", as: cast.alice)
                + server.usernames("/v1/me/blocks", as: cast.bob)
            #expect(blocks.count == 1)
        }
    }
}
