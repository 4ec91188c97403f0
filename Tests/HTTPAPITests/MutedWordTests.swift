import Core
import SQL
import Telemetry
import Testing
import Timelines

@testable import HTTPAPI

@Suite("Muted words", .timeLimit(.minutes(10)))
struct MutedWordTests {
    @Test("a word among the answers of a poll hides it")
    func polls() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.alice, cast.bob)
            let poll = #"{"content":"who wins?","poll":{"options":["the spoilers","nobody"],"expires_in":3600}}"#
            #expect(await server.post("/v1/posts", as: cast.bob, poll).status == 201)
            try await server.drained()
            #expect(await server.feed(of: cast.alice) == ["who wins?"])
            await server.post("/v1/me/muted-words", as: cast.alice, #"{"phrase":"spoilers"}"#)
            #expect(await server.feed(of: cast.alice) == [])
        }
    }

    @Test("what others write with a muted word is hidden at once, and back when the mute is lifted")
    func home() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.alice, cast.bob)
            for text in ["plain", "SPOILERS! he dies", "spoiler-free", "the \"spoilers\"\n\u{1}🐦"] {
                try await server.publish(text, by: cast.bob)
            }
            try await server.publish("my own spoilers", by: cast.alice)
            try await server.drained()
            #expect(await server.feed(of: cast.alice).count == 5)
            let latest = await server.get("/v1/feed", as: cast.alice).json["latest"].string ?? ""
            let muted = await server.post("/v1/me/muted-words", as: cast.alice, #"{"phrase":"spoilers"}"#)
            #expect(muted.status == 201)
            #expect(muted.json["scopes"] == .list([.text("home"), .text("comments"), .text("notifications")]))
            #expect(await server.feed(of: cast.alice) == ["my own spoilers", "spoiler-free", "plain"])
            #expect(await server.feed(of: cast.bob).count == 4)
            let news = await server.get("/v1/feed?since=\(latest)", as: cast.alice)
            #expect(news.json["posts"] == .list([]))
            // An edit takes the word out: the post is news.
            let edited = try await server.publish("spoilers soon", by: cast.bob)
            await server.put("/v1/posts/\(edited)", as: cast.bob, #"{"content":"nothing soon"}"#)
            try await server.drained()
            let after = await server.get("/v1/feed?since=\(latest)", as: cast.alice).json["posts"].array
            #expect(after.map { $0["content"] } == [.text("nothing soon")])
            let id = muted.json["muted_word_id"].string ?? ""
            #expect(await server.delete("/v1/me/muted-words/\(id)", as: cast.alice).status == 204)
            #expect(await server.feed(of: cast.alice).count == 6)
            try await server.drained()
            #expect(await server.get("/v1/feed?since=\(latest)", as: cast.alice).problem == "reload")
        }
    }

    @Test("a page looks through so much of what is hidden, and the next goes on there")
    func bounds() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.alice, cast.bob)
            try await server.publish("at last", by: cast.bob)
            for number in 1...(10 * Limits.mutedFeedReadsMax + 5) {
                try await server.publish("spam \(number)", by: cast.bob)
            }
            try await server.drained()
            await server.post("/v1/me/muted-words", as: cast.alice, #"{"phrase":"spam"}"#)
            let first = await server.get("/v1/feed?limit=1", as: cast.alice).json
            #expect(first["posts"] == .list([]))
            let cursor = first["next_cursor"].string ?? ""
            let second = await server.get("/v1/feed?limit=1&cursor=\(cursor)", as: cast.alice).json
            #expect(second["posts"].array.map { $0["content"] } == [.text("at last")])
            #expect(second["next_cursor"] == .null)
        }
    }

    @Test("a word hides where its scopes say", arguments: ["home", "comments", "notifications"])
    func scopes(scope: String) async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.alice, cast.bob)
            let post = try await server.publish("hello", by: cast.alice)
            let body = #"{"phrase":"not this","scopes":["\#(scope)"]}"#
            let mention = try await server.publish("@alice not  THIS", by: cast.bob)
            await server.post("/v1/posts/\(post)/comments", as: cast.carol, #"{"content":"Not this one."}"#)
            await server.post("/v1/posts/\(post)/comments", as: cast.alice, #"{"content":"not this, I say"}"#)
            #expect(try await server.notifications(of: cast.alice).count == 2)
            await server.post("/v1/me/muted-words", as: cast.alice, body)
            #expect(await server.feed(of: cast.alice).contains("@alice not  THIS") == (scope != "home"))
            let comments = await server.get("/v1/posts/\(post)/comments", as: cast.alice).json["comments"].array
            #expect(comments.count == (scope == "comments" ? 1 : 2))
            #expect(await server.get("/v1/posts/\(post)/comments").json["comments"].array.count == 2)
            #expect(try await server.notifications(of: cast.alice).count == (scope == "notifications" ? 0 : 2))
            #expect(try await server.unreadCount(of: cast.alice) == (scope == "notifications" ? 0 : 2))
            // Whoever asks for it itself gets it.
            #expect(await server.get("/v1/posts/\(mention)", as: cast.alice).status == 200)
        }
    }

    @Test("nothing is told of posts with a word that was muted before; what never held it is")
    func admission() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            await server.post("/v1/me/muted-words", as: cast.alice, #"{"phrase":"raffle"}"#)
            let post = try await server.publish("a raffle of mine", by: cast.alice)
            try await server.publish("@alice @carol Raffle!", by: cast.bob)
            await server.post("/v1/posts/\(post)/comments", as: cast.bob, #"{"content":"raffles are fine"}"#)
            await server.post("/v1/posts/\(post)/like", as: cast.bob)
            #expect(
                try await server.notifications(of: cast.alice).map(\.line) == ["reaction by bob", "comment by bob"])
            #expect(try await server.notifications(of: cast.carol).map(\.line) == ["mention by bob"])
            #expect(try await server.count("SELECT count(*) FROM notifications WHERE kind = 3") == 1)
        }
    }

    @Test("what is muted is hidden in what others share and quote, too")
    func sharedAndQuoted() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.alice, cast.bob)
            let post = try await server.publish("spoilers!", by: cast.dan)
            await server.post("/v1/posts/\(post)/share", as: cast.bob)
            await server.post("/v1/posts", as: cast.bob, #"{"content":"oh","quote_of":"\#(post)"}"#)
            try await server.drained()
            #expect(await server.feed(of: cast.alice) == ["oh", "spoilers!"])
            await server.post("/v1/me/muted-words", as: cast.alice, #"{"phrase":"spoilers","scopes":["home"]}"#)
            for _ in 1...2 {
                let shown = await server.get("/v1/feed", as: cast.alice)
                #expect(shown.json["posts"].array.map { $0["content"] } == [.text("oh")])
                #expect(shown.json["posts"].array.first?["quoted_post"]["unavailable"] == .bool(true))
                #expect(!shown.text.contains("spoilers"))
            }
            // Whoever asks for it gets it.
            let quote = await server.get("/v1/users/\(cast.bob.id)/posts", as: cast.alice).json["posts"].array.first
            #expect(quote?["quoted_post"]["content"] == .text("spoilers!"))
        }
    }

    @Test("a mute for a time ends with it")
    func expiry() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.alice, cast.bob)
            try await server.publish("tonight", by: cast.bob)
            try await server.publish("tomorrow", by: cast.bob)
            try await server.drained()
            let soon = Timestamp.string(server.clock.wall.now() + 60_000)
            await server.post("/v1/me/muted-words", as: cast.alice, #"{"phrase":"tonight","expires_at":"\#(soon)"}"#)
            await server.post("/v1/me/muted-words", as: cast.alice, #"{"phrase":"tomorrow"}"#)
            #expect(await server.feed(of: cast.alice) == [])
            server.clock.advance(by: .seconds(61))
            #expect(await server.feed(of: cast.alice) == ["tonight"])
            #expect(await server.words(of: cast.alice) == ["tomorrow"])
            await server.post("/v1/me/muted-words", as: cast.alice, #"{"phrase":"next week"}"#)
            #expect(try await server.count("SELECT count(*) FROM muted_words") == 2)
        }
    }

    @Test(
        "what cannot be muted is refused",
        arguments: [
            ("{}", "phrase"), (#"{"phrase":""}"#, "phrase"), (#"{"phrase":"  "}"#, "phrase"),
            (#"{"phrase":"a\u0000b"}"#, "phrase"), (#"{"phrase":"a\nb"}"#, "phrase"),
            (#"{"phrase":"\#(String(repeating: "a", count: 101))"}"#, "phrase"), (#"{"phrase":["a"]}"#, "phrase"),
            (#"{"phrase":"a","scopes":[]}"#, "scopes"), (#"{"phrase":"a","scopes":["everywhere"]}"#, "scopes"),
            (#"{"phrase":"a","scopes":"home"}"#, "scopes"), (#"{"phrase":"a","scopes":["home",1]}"#, "scopes"),
            (#"{"phrase":"a","expires_at":"soon"}"#, "expires_at"),
            (#"{"phrase":"a","expires_at":"2001-01-01T00:00:00Z"}"#, "expires_at"),
        ])
    func refused(body: String, field: String) async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let answer = await server.post("/v1/me/muted-words", as: alice, body)
            #expect(answer.status == 422)
            #expect(answer.json["field"] == .text(field))
            #expect(await server.words(of: alice) == [])
        }
    }

    @Test("a list is its owner's, holds a phrase once, and so many")
    func lists() async throws {
        try await TestServer.run(TestServer.Options(deletionGrace: .zero)) { server in
            let cast = try await server.cast()
            let first = await server.post("/v1/me/muted-words", as: cast.alice, #"{"phrase":"a b","scopes":["home"]}"#)
            let again = await server.post("/v1/me/muted-words", as: cast.alice, #"{"phrase":"a b"}"#)
            #expect(first.json["muted_word_id"] == again.json["muted_word_id"])
            #expect(again.json["scopes"].array.count == 3)
            await server.post("/v1/me/muted-words", as: cast.alice, #"{"phrase":"c"}"#)
            #expect(await server.words(of: cast.alice) == ["c", "a b"])
            #expect(await server.words(of: cast.bob) == [])
            let id = first.json["muted_word_id"].string ?? ""
            #expect(await server.delete("/v1/me/muted-words/\(id)", as: cast.bob).status == 404)
            #expect(await server.words(of: cast.alice).count == 2)
            let alice = cast.alice.id
            try await server.database.write { store in
                for number in 3...Limits.mutedPhrasesMax {
                    try store.execute(
                        "INSERT INTO muted_words (account_id, word_id, phrase, scopes) VALUES (\(alice), $1, $2, 1)",
                        [.integer(Int64(number)), .text("word \(number)")])
                }
            }
            #expect(
                await server.post("/v1/me/muted-words", as: cast.alice, #"{"phrase":"d"}"#).problem == "limit-reached")
            #expect(await server.post("/v1/me/muted-words", as: cast.alice, #"{"phrase":"c"}"#).status == 201)
            await server.leave(cast.alice)
            try await server.eraseDue()
            #expect(try await server.count("SELECT count(*) FROM muted_words") == 0)
        }
    }

    @Test("listeners are told of nothing that holds a muted word")
    func stream() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.alice, cast.bob)
            try await server.drained()
            await server.post("/v1/me/muted-words", as: cast.alice, #"{"phrase":"hush"}"#)
            try await server.listening(as: cast.alice) { alice in
                try await server.publish("Hush!", by: cast.bob)
                let second = try await server.publish("louder", by: cast.bob)
                let event = await alice.next()
                #expect(event?.contains(second) == true, "\(event ?? "nothing")")
            }
        }
    }
}

extension TestServer {
    /// The texts of a home feed's first page.
    fileprivate func feed(of viewer: Person) async -> [String] {
        await get("/v1/feed", as: viewer).json["posts"].array.compactMap { $0["content"].string }
    }

    fileprivate func words(of viewer: Person) async -> [String] {
        await get("/v1/me/muted-words", as: viewer).json["muted_words"].array.compactMap { $0["phrase"].string }
    }
}
