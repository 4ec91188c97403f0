import Core
import Engagement
import HTTPTypes
import Posts
import Testing

@testable import HTTPAPI

@Suite("Engagement")
struct EngagementRouteTests {
    private static func viewer(_ answer: Answer) -> [JSON] {
        ["liked", "reaction", "shared", "bookmarked"].map { answer.json["viewer"][$0] }
    }

    @Test("a reaction is shown at once to who gave it, counted soon, replaced, and taken back")
    func reaction() async throws {
        try await TestServer.run { server in
            let (alice, bob) = (try await server.register("alice"), try await server.register("bob"))
            let post = "/v1/posts/" + (try await server.publish("hello", by: alice))
            let liked = await server.post("\(post)/like", as: bob)
            #expect(liked.status == 200)
            #expect(Self.viewer(liked) == [.bool(true), .text("LIKE"), .bool(false), .bool(false)])
            #expect(Self.viewer(await server.get(post, as: bob)) == Self.viewer(liked))
            #expect(Self.viewer(await server.get(post, as: alice)).first == .bool(false))
            try await server.drained()
            #expect(await server.get(post).json["likes_count"] == .number(1))

            // The same again changes nothing, another replaces.
            #expect(await server.post("\(post)/like", as: bob, #"{"reaction":"LIKE"}"#).status == 200)
            #expect(
                await server.post("\(post)/like", as: bob, #"{"reaction":"WOW"}"#).json["viewer"]["reaction"]
                    == .text("WOW"))
            try await server.drained()
            let page = await server.get("\(post)/likes").json
            #expect(page["users"].array.map { $0["reaction"] } == [.text("WOW")])
            #expect(page["users"].array.map { $0["user"]["username"] } == [.text("bob")])
            #expect(page["counts"]["WOW"] == .number(1))
            #expect(page["counts"]["LIKE"] == .number(0))
            #expect(await server.get("\(post)/likes?reaction=LIKE").json["users"].array.isEmpty)
            #expect(await server.get(post).json["likes_count"] == .number(1))

            #expect(await server.delete("\(post)/like", as: bob).status == 204)
            #expect(await server.delete("\(post)/like", as: bob).status == 204)
            try await server.drained()
            #expect(await server.get(post, as: bob).json["likes_count"] == .number(0))
            #expect(Self.viewer(await server.get(post, as: bob))[1] == .null)
            #expect(await server.post("\(post)/like", as: bob, #"{"reaction":"MEH"}"#).problem == "invalid")
        }
    }

    @Test("among comments, a post that is none takes no reaction and has no list of them")
    func comments() async throws {
        try await TestServer.run { server in
            let (alice, bob) = (try await server.register("alice"), try await server.register("bob"))
            let root = try await server.publish("hello", by: alice)
            let comment = try await server.publish("hey", by: alice, replyTo: root)
            await server.post("/v1/posts/\(root)/like", as: bob)
            for (id, expected) in [(root, [404, 404, 404]), (comment, [200, 200, 204])] {
                let path = "/v1/comments/\(id)/like"
                let statuses = [
                    await server.post(path, as: bob).status, await server.get("\(path)s").status,
                    await server.delete(path, as: bob).status,
                ]
                #expect(statuses == expected)
            }
            #expect(Self.viewer(await server.get("/v1/posts/\(root)", as: bob)).first == .bool(true))

            // One that is out of sight gives a reaction back here, too.
            let path = "/v1/comments/\(comment)"
            await server.post("\(path)/like", as: bob)
            await server.put(path, as: alice, #"{"content":"hey","visibility":"followers"}"#)
            #expect(await server.get(path, as: bob).status == 404)
            #expect(await server.delete("\(path)/like", as: bob).status == 204)
            #expect(await server.delete("\(path)/like", as: bob).status == 404)
        }
    }

    @Test("a reaction can be taken back from a post that is out of sight")
    func outOfSight() async throws {
        try await TestServer.run { server in
            let (alice, bob) = (try await server.register("alice"), try await server.register("bob"))
            let carol = try await server.register("carol")
            let post = "/v1/posts/" + (try await server.publish("hello", by: alice))
            await server.post("\(post)/like", as: bob)
            await server.put(post, as: alice, #"{"content":"hello","visibility":"followers"}"#)
            #expect(await server.get(post, as: bob).status == 404)
            #expect(await server.post("\(post)/like", as: bob, #"{"reaction":"WOW"}"#).status == 404)
            #expect(await server.delete("\(post)/like", as: carol).status == 404)
            #expect(await server.delete("\(post)/like", as: bob).status == 204)
            #expect(await server.delete("\(post)/like", as: bob).status == 404)
            try await server.drained()
            #expect(await server.get(post, as: alice).json["likes_count"] == .number(0))
        }
    }

    @Test("the home feed says what its reader did, from memory and from the store")
    func feed() async throws {
        try await TestServer.run { server in
            let (alice, bob) = (try await server.register("alice"), try await server.register("bob"))
            await server.post("/v1/users/\(alice.id)/follow", as: bob)
            let post = try await server.publish("hello", by: alice)
            try await server.drained()
            #expect(await server.get("/v1/feed", as: bob).json["posts"].array.first?["viewer"]["liked"] == .bool(false))
            await server.post("/v1/posts/\(post)/like", as: bob, #"{"reaction":"LOVE"}"#)
            for _ in 0..<2 {
                let shown = await server.get("/v1/feed", as: bob).json["posts"].array.first
                #expect(shown?["viewer"]["reaction"] == .text("LOVE"))
            }
            await server.delete("/v1/posts/\(post)/like", as: bob)
            #expect(await server.get("/v1/feed", as: bob).json["posts"].array.first?["viewer"]["liked"] == .bool(false))
        }
    }

    @Test("those whom a block keeps apart, and deleted accounts, are not among who reacted")
    func hidden() async throws {
        try await TestServer.run(TestServer.Options(deletionGrace: .zero)) { server in
            let alice = try await server.register("alice")
            let others = [try await server.register("bob"), try await server.register("carol")]
            let post = "/v1/posts/" + (try await server.publish("hello", by: alice))
            for other in others { await server.post("\(post)/like", as: other) }
            await server.post("/v1/users/\(others[1].id)/block", as: others[0])
            let seen = await server.get("\(post)/likes", as: others[0]).json["users"].array
            #expect(seen.map { $0["user"]["username"] } == [.text("bob")])
            await server.leave(others[1])
            try await server.eraseDue()
            #expect(await server.get("\(post)/likes").json["users"].array.count == 1)
            #expect(await server.get(post).json["likes_count"] == .number(1))
        }
    }

    @Test("bookmarks lie in folders, newest first, for their owner alone")
    func bookmarks() async throws {
        try await TestServer.run { server in
            let (alice, bob) = (try await server.register("alice"), try await server.register("bob"))
            let posts = [
                try await server.publish("one", by: alice), try await server.publish("two", by: alice),
                try await server.publish("three", by: alice),
            ]
            #expect(
                await server.post("/v1/posts/\(posts[0])/bookmark", as: bob).json["viewer"]["bookmarked"] == .bool(true)
            )
            await server.post("/v1/posts/\(posts[2])/bookmark", as: bob, #"{"folder":"Birds"}"#)
            await server.post("/v1/posts/\(posts[1])/bookmark", as: bob, #"{"folder":"Birds"}"#)
            #expect(await server.contents("/v1/me/bookmarks", as: bob) == ["two", "three", "one"])
            #expect(await server.contents("/v1/me/bookmarks?folder=Birds", as: bob) == ["two", "three"])
            #expect(await server.contents("/v1/me/bookmarks?folder=", as: bob) == ["one"])
            #expect(await server.contents("/v1/me/bookmarks", as: alice) == [])
            let first = await server.get("/v1/me/bookmarks?limit=2", as: bob).json["next_cursor"].string ?? ""
            #expect(await server.contents("/v1/me/bookmarks?limit=2&cursor=\(first)", as: bob) == ["one"])
            let folders = await server.get("/v1/me/bookmarks/folders", as: bob).json["folders"].array
            #expect(folders.map { $0["name"] } == [.text(""), .text("Birds")])
            #expect(folders.map { $0["posts_count"] } == [.number(1), .number(2)])

            await server.delete("/v1/posts/\(posts[2])", as: alice)
            #expect(await server.contents("/v1/me/bookmarks", as: bob) == ["two", "one"])
            #expect(await server.delete("/v1/posts/\(posts[2])/bookmark", as: bob).status == 204)
            #expect(await server.delete("/v1/posts/\(posts[2])/bookmark", as: bob).status == 404)
            let long = String(repeating: "x", count: Limits.bookmarkFolderCharactersMax + 1)
            let refused = await server.post("/v1/posts/\(posts[0])/bookmark", as: bob, #"{"folder":"\#(long)"}"#)
            #expect(refused.problem == "invalid")
        }
    }

    @Test("a folder's name shows, and does not deceive", arguments: [#"\u200b"#, #"\u2800"#, " ", #"\u202eabc"#])
    func folderNames(name: String) async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let target = "/v1/posts/\(try await server.publish("one", by: alice))/bookmark"
            let refused = await server.post(target, as: alice, #"{"folder":"\#(name)"}"#)
            #expect(refused.status == 422)
            #expect(refused.json["field"] == .text("folder"))
            #expect(await server.get("/v1/me/bookmarks/folders", as: alice).json["folders"].array.isEmpty)
            #expect(await server.post(target, as: alice, #"{"folder":"👩‍🚀 לקרוא"}"#).status == 200)
        }
    }

    @Test("bookmarks of deleted posts leave no trace in pages and counts", arguments: [1, 2, 3])
    func deletedBookmarks(limit: Int) async throws {
        try await TestServer.run { server in
            let (alice, bob) = (try await server.register("alice"), try await server.register("bob"))
            var posts: [String] = []
            for number in 0..<7 {
                posts.append(try await server.publish("\(number)", by: alice))
                await server.post("/v1/posts/\(posts[number])/bookmark", as: bob, #"{"folder":"Birds"}"#)
            }
            for number in [0, 2, 3, 5, 6] { await server.delete("/v1/posts/\(posts[number])", as: alice) }
            for path in ["/v1/me/bookmarks?", "/v1/me/bookmarks?folder=Birds&"] {
                var pages: [[String]] = []
                var cursor: String? = ""
                while let place = cursor, pages.count < 10 {
                    let page = await server.get("\(path)limit=\(limit)\(place)", as: bob).json
                    pages.append(page["posts"].array.compactMap { $0["content"].string })
                    cursor = page["next_cursor"].string.map { "&cursor=\($0)" }
                    if cursor != nil { #expect(pages.last?.count == limit) }
                }
                #expect(pages.flatMap(\.self) == ["4", "1"])
            }
            let folders = await server.get("/v1/me/bookmarks/folders", as: bob).json["folders"].array
            #expect(folders.map { $0["posts_count"] } == [.number(2)])
        }
    }

    @Test("marks are known down to a floor, whatever was set since")
    func marks() {
        var marks = ViewerMarks(
            newestFirst: [(30, ViewerFlags(rawValue: 2)), (20, ViewerFlags(rawValue: 8))], isWhole: false)
        #expect(marks.flags(of: 19) == nil)
        #expect(marks.flags(of: 25) == ViewerFlags.none)
        #expect(marks.flags(of: 20)?.isShared == true)
        marks.set(20, mask: 7, value: 1)
        #expect(marks.flags(of: 20) == ViewerFlags(rawValue: 9))
        marks.set(30, mask: 7, value: 0)
        #expect(marks.flags(of: 30) == ViewerFlags.none)
        marks.set(10, mask: 7, value: 1)
        #expect(marks.flags(of: 10) == nil)
        for post in 100..<(100 + Int64(2 * Limits.viewerMarksLoaded) + 10) { marks.set(post, mask: 7, value: 1) }
        #expect(marks.flags(of: 20) == nil)
        #expect(marks.count <= 2 * Limits.viewerMarksLoaded)
    }
}
