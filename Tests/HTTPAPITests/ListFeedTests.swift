import Testing

@testable import HTTPAPI

@Suite("Feeds of lists", .timeLimit(.minutes(10)))
struct ListFeedTests {
    /// A list of alice's with bob on it, who is followed like carol.
    private static func prepare(_ server: TestServer, _ more: String = "") async throws -> (cast: Cast, list: String) {
        let cast = try await server.cast()
        for person in [cast.bob, cast.carol] { try await server.follow(cast.alice, person) }
        let list = try await server.makeList("Friends", by: cast.alice, more)
        await server.post("\(list)/members", as: cast.alice, ListRouteTests.members(cast.bob))
        return (cast, list)
    }

    @Test("a list's feed has what its members post and share, from the answer to their post on")
    func feed() async throws {
        try await TestServer.run { server in
            let (cast, list) = try await Self.prepare(server)
            let stranger = try await server.publish("of dan", by: cast.dan)
            try await server.publish("of carol", by: cast.carol)
            try await server.publish("of alice", by: cast.alice)
            try await server.publish("for followers", by: cast.bob, visibility: "followers")
            try await server.publish("for bob", by: cast.bob, visibility: "private")
            await server.post("/v1/posts/\(stranger)/share", as: cast.carol)
            await server.post("/v1/posts/\(stranger)/share", as: cast.bob)
            let page = await server.get("\(list)/feed", as: cast.alice)
            #expect(page.json["posts"].array.map { $0["content"] } == [.text("of dan"), .text("for followers")])
            #expect(page.json["posts"].array.first?["shared_by"].array.map { $0["username"] } == [.text("bob")])
            #expect(page.json["next_cursor"] == .null)
            let first = await server.get("\(list)/feed?limit=1", as: cast.alice).json
            #expect(first["posts"].array.map { $0["content"] } == [.text("of dan")])
            let cursor = first["next_cursor"].string ?? ""
            #expect(await server.contents("\(list)/feed?limit=1&cursor=\(cursor)", as: cast.alice) == ["for followers"])
        }
    }

    @Test(
        "a list shows the replies that its owner wants",
        arguments: [
            ("followed", ["to herself", "to alice", "to carol", "to bob"]),
            ("members", ["to herself", "to alice", "to bob"]), ("none", ["to herself", "to alice"]),
        ])
    func replies(policy: String, expected: [String]) async throws {
        try await TestServer.run { server in
            let (cast, list) = try await Self.prepare(server, ",\"replies\":\"\(policy)\"")
            let eve = try await server.register("eve")
            try await server.follow(cast.alice, eve)
            await server.post("\(list)/members", as: cast.alice, ListRouteTests.members(eve))
            let people = [("dan", cast.dan), ("bob", cast.bob), ("carol", cast.carol), ("alice", cast.alice)]
            for (name, person) in people {
                let post = try await server.publish("by \(name)", by: person)
                try await server.publish("to \(name)", by: eve, replyTo: post)
            }
            let own = try await server.publish("by eve", by: eve)
            try await server.publish("to herself", by: eve, replyTo: own)
            let shown = await server.contents("\(list)/feed", as: cast.alice)
            #expect(shown.filter { $0.hasPrefix("to ") } == expected)
        }
    }

    @Test("an exclusive list takes its members out of the home feed at once, and lets them back in")
    func exclusive() async throws {
        try await TestServer.run { server in
            let (cast, list) = try await Self.prepare(server)
            let post = try await server.publish("of bob", by: cast.bob)
            let other = try await server.publish("of dan", by: cast.dan)
            await server.post("/v1/posts/\(other)/share", as: cast.bob)
            try await server.publish("of carol", by: cast.carol)
            try await server.drained()
            func home() async -> [String] {
                // From the store, and from memory.
                _ = await server.contents("/v1/feed", as: cast.alice)
                return await server.contents("/v1/feed", as: cast.alice)
            }
            #expect(await home() == ["of carol", "of dan", "of bob"])
            let latest = await server.get("/v1/feed", as: cast.alice).json["latest"].string ?? ""
            await server.put(list, as: cast.alice, #"{"exclusive":true}"#)
            #expect(await home() == ["of carol"])
            #expect(await server.contents("\(list)/feed", as: cast.alice) == ["of dan", "of bob"])
            #expect(await server.get("/v1/feed?since=\(latest)", as: cast.alice).json["posts"] == .list([]))
            // It comes by somebody else, too.
            await server.post("/v1/posts/\(post)/share", as: cast.carol)
            try await server.drained()
            #expect(await home() == ["of bob", "of carol"])
            let shown = await server.get("/v1/feed", as: cast.alice).json["posts"].array.first
            #expect(shown?["shared_by"].array.map { $0["username"] } == [.text("carol")])
            await server.delete("\(list)/members/\(cast.bob.id)", as: cast.alice)
            #expect(await home() == ["of carol", "of dan", "of bob"])
            try await server.drained()
            #expect(await server.get("/v1/feed?since=\(latest)", as: cast.alice).problem == "reload")
        }
    }

    @Test("an exclusive list holds for authors who are pulled, and for streams")
    func pulledAndStreams() async throws {
        var options = TestServer.Options()
        options.pullThreshold = 1
        try await TestServer.run(options) { server in
            let (cast, _) = try await Self.prepare(server, #","exclusive":true"#)
            try await server.drained()
            try await server.listening(as: cast.alice) { alice in
                try await server.publish("of bob", by: cast.bob)
                let second = try await server.publish("of carol", by: cast.carol)
                let event = await alice.next()
                #expect(event?.contains(second) == true, "\(event ?? "nothing")")
            }
            try await server.drained()
            for _ in 0..<2 { #expect(await server.contents("/v1/feed", as: cast.alice) == ["of carol"]) }
        }
    }

    @Test("a list shows nothing that its owner hid, mutes or may not see")
    func hidden() async throws {
        try await TestServer.run { server in
            let (cast, list) = try await Self.prepare(server)
            try await server.publish("plain", by: cast.bob)
            try await server.publish("SPOILERS", by: cast.bob)
            let third = try await server.publish("enough of this", by: cast.bob)
            let blocking = try await server.publish("of dan", by: cast.dan)
            await server.post("/v1/posts/\(blocking)/share", as: cast.bob)
            #expect(await server.contents("\(list)/feed", as: cast.alice).count == 4)
            await server.post("/v1/users/\(cast.alice.id)/block", as: cast.dan)
            await server.post("/v1/posts/\(third)/feedback", as: cast.alice, #"{"kind":"hide"}"#)
            await server.post("/v1/me/muted-words", as: cast.alice, #"{"phrase":"spoilers"}"#)
            #expect(await server.contents("\(list)/feed", as: cast.alice) == ["plain"])
            await server.post("/v1/users/\(cast.bob.id)/mute", as: cast.alice)
            #expect(await server.contents("\(list)/feed", as: cast.alice) == [])
        }
    }
}
