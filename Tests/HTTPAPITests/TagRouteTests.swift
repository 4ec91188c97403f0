import Core
import Posts
import SQL
import Testing

@testable import HTTPAPI

@Suite("Hashtags", .timeLimit(.minutes(10)))
struct TagRouteTests {
    @Test("a hashtag lists the posts with it that the viewer may see, however it is written")
    func posts() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.carol, cast.bob)
            try await server.publish("first #Swift #swift", by: cast.bob)
            try await server.publish("no tag: swift", by: cast.bob)
            try await server.publish("for followers #swift", by: cast.bob, visibility: "followers")
            try await server.publish("mine alone #swift", by: cast.bob, visibility: "private")
            try await server.publish("dan's ＃ｓｗｉｆｔ", by: cast.dan)
            let open = ["dan's ＃ｓｗｉｆｔ", "first #Swift #swift"]
            #expect(await server.tagged("swift") == open)
            #expect(await server.tagged("%23SWIFT", as: cast.alice) == open)
            #expect(await server.tagged("swift", as: cast.carol).count == 3)
            #expect(await server.tagged("swift", as: cast.bob).count == 4)
            await server.post("/v1/users/\(cast.dan.id)/block", as: cast.alice)
            #expect(await server.tagged("swift", as: cast.alice) == ["first #Swift #swift"])
            await server.post("/v1/users/\(cast.bob.id)/mute", as: cast.carol)
            #expect(await server.tagged("swift", as: cast.carol) == ["dan's ＃ｓｗｉｆｔ"])
            try await server.makePrivate(cast.bob)
            #expect(await server.tagged("swift") == ["dan's ＃ｓｗｉｆｔ"])
            #expect(await server.tagged("none") == [])
            for wrong in ["12", "a%20b", "a-b", String(repeating: "a", count: 101)] {
                #expect(await server.get("/v1/tags/\(wrong)/posts").status == 404, "\(wrong)")
                #expect(await server.post("/v1/tags/\(wrong)/follow", as: cast.alice).status == 404, "\(wrong)")
            }
        }
    }

    @Test("comments and quotes are found by their hashtags, too; what a quote quotes is not")
    func commentsAndQuotes() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("#inside", by: cast.bob)
            let comment = await server.post("/v1/posts/\(post)/comments", as: cast.dan, ##"{"content":"a #comment"}"##)
            #expect(comment.status == 201)
            await server.post("/v1/posts", as: cast.carol, ##"{"content":"a #quote","quote_of":"\##(post)"}"##)
            #expect(await server.tagged("comment") == ["a #comment"])
            #expect(await server.tagged("quote") == ["a #quote"])
            #expect(await server.tagged("inside") == ["#inside"])
        }
    }

    @Test("edits, deletions and the end of an account change what is tagged")
    func changes() async throws {
        try await TestServer.run(TestServer.Options(deletionGrace: .zero)) { server in
            let cast = try await server.cast()
            let post = try await server.publish("#one #two", by: cast.bob)
            let other = try await server.publish("#two", by: cast.bob)
            try await server.publish("#two of dan", by: cast.dan)
            await server.put("/v1/posts/\(post)", as: cast.bob, ##"{"content":"#one #three"}"##)
            #expect(await server.tagged("one") == ["#one #three"])
            #expect(await server.tagged("two") == ["#two of dan", "#two"])
            #expect(await server.tagged("three") == ["#one #three"])
            await server.delete("/v1/posts/\(other)", as: cast.bob)
            #expect(await server.tagged("two") == ["#two of dan"])
            #expect(try await server.count("SELECT count(*) FROM post_tags") == 3)
            await server.post("/v1/tags/two/follow", as: cast.bob)
            await server.leave(cast.bob)
            #expect(await server.tagged("one") == [])
            try await server.eraseDue()
            #expect(try await server.count("SELECT count(*) FROM post_tags") == 1)
            #expect(try await server.count("SELECT count(*) FROM tag_follows") == 0)
        }
    }

    @Test("pages of a hashtag do not overlap, though some of it is not for the viewer")
    func paging() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            for number in 1...9 {
                try await server.publish(
                    "#tag \(number)", by: cast.bob, visibility: number % 3 == 0 ? "private" : "public")
            }
            var seen: [String] = []
            var cursor = ""
            repeat {
                let page = await server.get("/v1/tags/tag/posts?limit=2\(cursor)", as: cast.alice).json
                seen += page["posts"].array.compactMap { $0["content"].string }
                cursor = page["next_cursor"].string.map { "&cursor=\($0)" } ?? ""
            } while !cursor.isEmpty
            #expect(seen == [8, 7, 5, 4, 2, 1].map { "#tag \($0)" })
            #expect(await server.get("/v1/tags/tag/posts?cursor=f1", as: cast.alice).status == 400)
        }
    }

    @Test("followed hashtags have one feed, without what the viewer mutes, and so many")
    func follows() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.publish("#a and #b", by: cast.bob)
            try await server.publish("#b spoilers", by: cast.bob)
            try await server.publish("#c", by: cast.dan)
            #expect(await server.tagFeed(of: cast.alice) == [])
            for tag in ["B", "a", "b"] {
                #expect(await server.post("/v1/tags/\(tag)/follow", as: cast.alice).status == 204)
            }
            let tags = await server.get("/v1/me/tags", as: cast.alice).json["tags"].array
            #expect(tags.map { $0["tag"] } == [.text("a"), .text("b")])
            #expect(await server.get("/v1/me/tags", as: cast.bob).json["tags"] == .list([]))
            #expect(await server.tagFeed(of: cast.alice) == ["#b spoilers", "#a and #b"])
            await server.post("/v1/me/muted-words", as: cast.alice, #"{"phrase":"spoilers"}"#)
            #expect(await server.tagFeed(of: cast.alice) == ["#a and #b"])
            #expect(await server.delete("/v1/tags/a/follow", as: cast.alice).status == 204)
            #expect(await server.delete("/v1/tags/b/follow", as: cast.alice).status == 204)
            #expect(await server.tagFeed(of: cast.alice) == [])
            for number in 1...Limits.followedTagsMax {
                await server.post("/v1/tags/t\(number)/follow", as: cast.alice)
            }
            #expect(await server.post("/v1/tags/more/follow", as: cast.alice).problem == "limit-reached")
            #expect(await server.post("/v1/tags/t1/follow", as: cast.alice).status == 204)
        }
    }

    @Test("trends count the authors of public posts, newer ones more, and no author alone")
    func trending() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            for person in [cast.alice, cast.bob, cast.carol] { try await server.publish("#old", by: person) }
            server.clock.advance(by: .seconds(600))
            for person in [cast.alice, cast.bob] { try await server.publish("#new #new", by: person) }
            for _ in 1...5 { try await server.publish("#loud", by: cast.dan) }
            try await server.publish("#loud #new", by: cast.carol, visibility: "followers")
            // Each of the old ones counts 0.63 within an hour, and nearly 1 within a day.
            #expect(await server.trends("hour") == ["new 2", "old 3"])
            #expect(await server.trends("day") == ["old 3", "new 2"])
            #expect(await server.get("/v1/tags/trending?window=year").status == 422)
            try await server.publish("#loud", by: cast.alice)
            #expect(await server.trends("hour") == ["new 2", "old 3"], "reckoned a moment ago")
            server.clock.advance(by: .seconds(61))
            #expect(await server.trends("hour") == ["loud 2", "new 2", "old 3"])
            try await server.makePrivate(cast.alice)
            server.clock.advance(by: .seconds(61))
            #expect(await server.trends("hour") == ["old 2"])
        }
    }
}

extension TestServer {
    fileprivate func tagged(_ tag: String, as viewer: Person? = nil) async -> [String] {
        await get("/v1/tags/\(tag)/posts", as: viewer).json["posts"].array.compactMap { $0["content"].string }
    }

    fileprivate func tagFeed(of viewer: Person) async -> [String] {
        await get("/v1/me/tags/feed", as: viewer).json["posts"].array.compactMap { $0["content"].string }
    }

    fileprivate func trends(_ window: String) async -> [String] {
        await get("/v1/tags/trending?window=\(window)").json["tags"].array.map { tag in
            guard case .number(let authors) = tag["authors_count"] else { return "?" }
            return "\(tag["tag"].string ?? "") \(Int(authors))"
        }
    }
}
