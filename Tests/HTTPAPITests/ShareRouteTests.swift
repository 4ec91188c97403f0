import Core
import Posts
import SQL
import SocialGraph
import Testing

@testable import HTTPAPI

@Suite("Reposts")
struct ShareRouteTests {
    /// Who a feed says shared its posts, with the posts' texts. Read twice: from the store, and from memory.
    private static func feed(_ server: TestServer, _ person: Person, _ query: String = "") async -> [String] {
        var lines: [String] = []
        for _ in 0..<2 {
            let posts = await server.get("/v1/feed\(query)", as: person).json["posts"].array
            lines = posts.map { post in
                let names = post["shared_by"].array.compactMap { $0["username"].string }
                return ([post["content"].string ?? ""] + names).joined(separator: " ")
            }
        }
        return lines
    }

    @Test("sharing again changes nothing, and what is taken back is gone")
    func sharing() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            await server.post("/v1/users/\(cast.bob.id)/follow", as: cast.carol)
            let post = "/v1/posts/" + (try await server.publish("hello", by: cast.alice))
            let first = await server.post("\(post)/share", as: cast.bob)
            #expect(first.status == 201)
            #expect(first.json["viewer"]["shared"] == .bool(true))
            #expect(await server.post("\(post)/share", as: cast.bob).status == 200)
            try await server.drained()
            #expect(await server.get(post).json["shares_count"] == .number(1))
            #expect(await server.get("\(post)/shares").json["users"].array.map { $0["username"] } == [.text("bob")])
            #expect(await Self.feed(server, cast.carol) == ["hello bob"])
            let profile = await server.get("/v1/users/\(cast.bob.id)/posts").json["posts"].array
            #expect(profile.map { $0["content"] } == [.text("hello")])
            #expect(profile.first?["shared_by"].array.map { $0["username"] } == [.text("bob")])

            #expect(await server.delete("\(post)/share", as: cast.bob).status == 204)
            #expect(await server.delete("\(post)/share", as: cast.bob).status == 204)
            #expect(await Self.feed(server, cast.carol) == [])
            #expect(await server.contents("/v1/users/\(cast.bob.id)/posts") == [])
            #expect(await server.get(post, as: cast.bob).json["viewer"]["shared"] == .bool(false))
            try await server.drained()
            #expect(await server.get(post).json["shares_count"] == .number(0))
        }
    }

    @Test("a post that several share is in the feed once, where the first of them shared it")
    func places() async throws {
        try await TestServer.run { server in
            let reader = try await server.register("reader")
            let author = try await server.register("author")
            var sharers: [Person] = []
            for number in 0..<5 {
                sharers.append(try await server.register("sharer\(number)"))
                await server.post("/v1/users/\(sharers[number].id)/follow", as: reader)
            }
            let post = try await server.publish("shared", by: author)
            for (number, sharer) in sharers.enumerated() {
                try await server.publish("before \(number)", by: sharer)
                await server.post("/v1/posts/\(post)/share", as: sharer)
            }
            try await server.drained()
            let others = (1..<5).reversed().map { "before \($0)" }
            let line = "shared sharer0 sharer1 sharer2"
            #expect(await Self.feed(server, reader) == others + [line, "before 0"])
            let counted = await server.get("/v1/feed", as: reader).json["posts"].array[4]
            #expect(counted["shared_by_count"] == .number(5))
            let cursor = await server.get("/v1/feed?limit=5", as: reader).json["next_cursor"].string ?? ""
            #expect(await Self.feed(server, reader, "?limit=5&cursor=\(cursor)") == ["before 0"])

            // The first goes, and the next decides; a reader who follows the author finds it at its own place.
            await server.delete("/v1/posts/\(post)/share", as: sharers[0])
            let second = "shared sharer1 sharer2 sharer3"
            #expect(
                await Self.feed(server, reader) == ["before 4", "before 3", "before 2", second, "before 1", "before 0"])
            await server.post("/v1/users/\(sharers[1].id)/mute", as: reader)
            #expect(
                await Self.feed(server, reader)
                    == ["before 4", "before 3", "shared sharer2 sharer3 sharer4", "before 2", "before 0"])
            await server.post("/v1/users/\(author.id)/follow", as: reader)
            try await server.drained()
            #expect(await Self.feed(server, reader).last == "shared sharer2 sharer3 sharer4")
            await server.post("/v1/users/\(author.id)/mute", as: reader)
            #expect(await Self.feed(server, reader).contains { $0.hasPrefix("shared") } == false)
        }
    }

    @Test("a repost never shows what its reader may not see")
    func hidden() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            await server.post("/v1/users/\(cast.bob.id)/follow", as: cast.carol)
            let post = try await server.publish("hello", by: cast.alice)
            await server.post("/v1/posts/\(post)/share", as: cast.bob)
            try await server.drained()
            let profile = "/v1/users/\(cast.bob.id)/posts"
            func isShown() async -> Bool {
                let (feed, list) = (await Self.feed(server, cast.carol), await server.contents(profile, as: cast.carol))
                #expect(feed.isEmpty == list.isEmpty)
                return !feed.isEmpty
            }
            #expect(await isShown())
            await server.put("/v1/posts/\(post)", as: cast.alice, #"{"content":"hello","visibility":"followers"}"#)
            #expect(await isShown() == false)
            await server.put("/v1/posts/\(post)", as: cast.alice, #"{"content":"hello","visibility":"public"}"#)
            #expect(await isShown())
            try await server.makePrivate(cast.alice)
            #expect(await isShown() == false)
            await server.patch("/v1/me", as: cast.alice, #"{"is_private":false}"#)
            #expect(await isShown())
            await server.post("/v1/users/\(cast.carol.id)/block", as: cast.alice)
            #expect(await isShown() == false)
            await server.delete("/v1/users/\(cast.carol.id)/block", as: cast.alice)
            #expect(await isShown())
            await server.delete("/v1/posts/\(post)", as: cast.alice)
            #expect(await isShown() == false)
            #expect(await server.delete("/v1/posts/\(post)/share", as: cast.bob).status == 204)
        }
    }

    @Test(
        "an author says who may share a post", arguments: SharePolicy.allCases, [true, false])
    func policy(_ policy: SharePolicy, isEdit: Bool) async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            await server.post("/v1/users/\(cast.alice.id)/follow", as: cast.bob)
            let setting = #","share_policy":"\#(policy.name)"}"#
            let created = await server.post(
                "/v1/posts", as: cast.alice, #"{"content":"hello""# + (isEdit ? "}" : setting))
            let post = "/v1/posts/" + (created.json["post_id"].string ?? "")
            if isEdit { await server.put(post, as: cast.alice, #"{"content":"hello""# + setting) }
            #expect(await server.get(post).json["share_policy"] == .text(policy.name))
            let expected: [Int] =
                switch policy {
                case .everyone: [201, 201, 201]
                case .followers: [201, 201, 403]
                case .nobody: [201, 403, 403]
                }
            for (person, status) in zip([cast.alice, cast.bob, cast.carol], expected) {
                let answer = await server.post("\(post)/share", as: person)
                #expect(answer.status == status)
                if status == 403 { #expect(answer.problem == "sharing-closed") }
            }
            let refused = await server.post("/v1/posts", as: cast.alice, #"{"content":"x","share_policy":"friends"}"#)
            #expect(refused.problem == "invalid")
        }
    }

    @Test("a policy that memory does not know yet is the store's to enforce")
    func stalePolicy() async throws {
        try await TestServer.run { server in
            let (alice, bob) = (try await server.register("alice"), try await server.register("bob"))
            let post = try await server.publish("hello", by: alice)
            // Beside the caches, as another process does it that has not been heard yet.
            _ = try await server.database.write { try $0.execute("UPDATE posts SET share_policy = 2", []) }
            #expect(await server.post("/v1/posts/\(post)/share", as: bob).problem == "sharing-closed")
            #expect(await server.get("/v1/posts/\(post)/shares").json["users"].array.isEmpty)
        }
    }

    @Test("who shared is listed page by page, without whom the reader may not know of")
    func list() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = "/v1/posts/" + (try await server.publish("hello", by: cast.alice))
            for person in [cast.bob, cast.carol, cast.dan] { await server.post("\(post)/share", as: person) }
            func names(_ query: String, _ person: Person?) async -> [String] {
                await server.get("\(post)/shares\(query)", as: person).json["users"].array
                    .compactMap { $0["username"].string }
            }
            #expect(await names("", nil) == ["dan", "carol", "bob"])
            let next = await server.get("\(post)/shares?limit=2").json["next_cursor"].string ?? ""
            #expect(await names("?limit=2&cursor=\(next)", nil) == ["bob"])
            try await server.makePrivate(cast.dan)
            await server.post("/v1/users/\(cast.carol.id)/block", as: cast.bob)
            #expect(await names("", cast.bob) == ["bob"])
            #expect(await names("", cast.dan) == ["dan", "carol", "bob"])
        }
    }

    @Test("sharers are found by who follows them, however many they are", arguments: [1, 40])
    func sharers(following: Int64) {
        var sharers = Sharers((1...20).map { Sharing(position: Position(100 - $0), sharer: ID($0)) })
        let relations = Relations(
            viewer: ID(999), following: Array(3..<(3 + following)) + [18], muted: [5])
        let expected = following == 1 ? [82, 97] : (3...20).filter { $0 != 5 }.map { 100 - Int64($0) }.sorted()
        #expect(sharers.among(relations).map(\.position.rawValue) == expected)
        sharers.remove(Sharing(position: Position(1), sharer: ID(18)))
        #expect(sharers.count == 20, "a repost that has given way to another")
        sharers.remove(Sharing(position: Position(82), sharer: ID(18)))
        sharers.insert(Sharing(position: Position(200), sharer: ID(3)))
        #expect(sharers.among(relations).last?.position == Position(200))
        #expect(sharers.count == 19)
    }
}
