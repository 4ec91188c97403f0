import HTTPTypes
import Testing

@testable import HTTPAPI

@Suite("Comments")
struct CommentRouteTests {
    @Test("a comment is a post: published, read, answered, edited, deleted")
    func life() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let root = try await server.publish("root", by: cast.alice)
            let created = await server.post("/v1/posts/\(root)/comments", as: cast.bob, #"{"content":"first"}"#)
            #expect(created.status == 201)
            let id = try #require(created.json["comment_id"].string)
            #expect(created.json["post_id"] == .text(id))
            #expect(created.json["reply_to"] == .text(root))
            #expect(created.json["settings"] == .null)
            #expect(await server.get("/v1/comments/\(id)").json == created.json)
            #expect(await server.get("/v1/posts/\(id)").json["content"] == .text("first"))

            let below = try await server.comment("below", by: cast.carol, on: root, replyTo: id)
            #expect(await server.get("/v1/comments/\(below)").json["reply_to"] == .text(id))
            for target in ["/v1/comments/\(id)/comments", "/v1/posts/\(root)/comments?parent=\(id)"] {
                #expect(await server.comments(target) == ["below"])
            }
            try await server.drained()
            let listed = await server.get("/v1/posts/\(root)/comments").json["comments"].array
            #expect(listed.map { $0["content"] } == [.text("first")])
            #expect(listed.first?["comments_count"] == .number(1))
            #expect(await server.get("/v1/posts/\(root)").json["comments_count"] == .number(2))

            #expect(await server.put("/v1/comments/\(id)", as: cast.bob, #"{"content":"second"}"#).status == 200)
            #expect(await server.comments("/v1/posts/\(root)/comments") == ["second"])
            #expect(await server.delete("/v1/comments/\(id)", as: cast.bob).status == 204)
            #expect(await server.delete("/v1/comments/\(id)", as: cast.bob).status == 404)
            #expect(await server.comments("/v1/posts/\(root)/comments") == [])
        }
    }

    @Test("a post that answers none is no comment")
    func notComments() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let root = try await server.publish("root", by: cast.alice)
            #expect(await server.get("/v1/comments/\(root)").status == 404)
            #expect(await server.get("/v1/comments/\(root)/comments").status == 404)
            #expect(await server.put("/v1/comments/\(root)", as: cast.alice, #"{"content":"x"}"#).status == 404)
            #expect(await server.delete("/v1/comments/\(root)", as: cast.alice).status == 404)
            #expect(await server.get("/v1/posts/\(root)").json["content"] == .text("root"))
        }
    }

    @Test("what is not below a post is neither answered nor listed through it")
    func threads() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let (root, other) = (
                try await server.publish("root", by: cast.alice), try await server.publish("other", by: cast.alice)
            )
            let one = try await server.comment("one", by: cast.bob, on: root)
            let two = try await server.comment("two", by: cast.bob, on: root)
            let deep = try await server.comment("deep", by: cast.bob, on: one, replyTo: one)
            for (post, parent) in [(other, one), (two, deep), (two, one), (root, other)] {
                let body = #"{"content":"astray","reply_to":"\#(parent)"}"#
                #expect(
                    await server.post("/v1/posts/\(post)/comments", as: cast.carol, body).json["field"]
                        == .text("reply_to"))
                #expect(
                    await server.get("/v1/posts/\(post)/comments?parent=\(parent)").json["field"] == .text("parent"))
            }
            #expect(await server.comments("/v1/posts/\(one)/comments?parent=\(deep)") == [])
            #expect(await server.comments("/v1/posts/\(root)/comments?parent=\(one)") == ["deep"])
            for query in ["parent=x", "sort=best", "sort="] {
                #expect(await server.get("/v1/posts/\(root)/comments?\(query)").status == 422)
            }
        }
    }

    @Test("comments page in each order, by every size", arguments: ["newest", "oldest", "top"], [1, 2, 3, 7])
    func paging(sort: String, limit: Int) async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let root = try await server.publish("root", by: cast.alice)
            // Likes: e has two, b and d one each.
            for text in ["a", "b", "c", "d", "e", "f"] {
                let id = try await server.comment(text, by: cast.bob, on: root)
                let fans = ["e": [cast.alice, cast.dan], "b": [cast.carol], "d": [cast.carol]][text] ?? []
                for fan in fans { await server.post("/v1/comments/\(id)/like", as: fan) }
            }
            try await server.drained()
            let expected = ["newest": "fedcba", "oldest": "abcdef", "top": "edbfca"][sort]
            var found = ""
            var cursor = ""
            repeat {
                let answer = await server.get("/v1/posts/\(root)/comments?sort=\(sort)&limit=\(limit)\(cursor)")
                let page = answer.json["comments"].array.compactMap { $0["content"].string }
                try #require(!page.isEmpty)
                found += page.joined()
                cursor = answer.json["next_cursor"].string.map { "&cursor=\($0)" } ?? ""
            } while !cursor.isEmpty
            #expect(found == expected)
        }
    }

    @Test("a cursor belongs to one order, and pages by time do not shift")
    func cursors() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let target = "/v1/posts/\(try await server.publish("root", by: cast.alice))/comments"
            for text in ["1", "2", "3"] { await server.post(target, as: cast.bob, #"{"content":"\#(text)"}"#) }
            for sort in ["newest", "oldest", "top"] {
                let cursor = await server.get("\(target)?limit=1&sort=\(sort)").json["next_cursor"].string ?? ""
                for other in ["newest", "oldest", "top"] {
                    let answer = await server.get("\(target)?limit=1&sort=\(other)&cursor=\(cursor)")
                    #expect(answer.status == (sort == other ? 200 : 400))
                }
            }
            let cursor = await server.get("\(target)?limit=2").json["next_cursor"].string ?? ""
            await server.post(target, as: cast.bob, #"{"content":"4"}"#)
            #expect(await server.comments("\(target)?limit=2&cursor=\(cursor)") == ["1"])
        }
    }

    @Test("a list shows each viewer what is for them, and no muted accounts")
    func viewers() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let target = "/v1/posts/\(try await server.publish("root", by: cast.alice))/comments"
            for visibility in ["public", "followers", "private"] {
                let body = #"{"content":"\#(visibility)","visibility":"\#(visibility)"}"#
                await server.post(target, as: cast.bob, body)
            }
            await server.post(target, as: cast.dan, #"{"content":"dan"}"#)
            #expect(await server.comments(target) == ["dan", "public"])
            #expect(await server.comments(target, as: cast.bob) == ["dan", "private", "followers", "public"])
            try await server.follow(cast.carol, cast.bob)
            #expect(await server.comments(target, as: cast.carol) == ["dan", "followers", "public"])
            await server.post("/v1/users/\(cast.dan.id)/mute", as: cast.carol)
            #expect(await server.comments(target, as: cast.carol) == ["followers", "public"])
            // A page goes on past what is not for its reader.
            #expect(await server.comments("\(target)?limit=1&sort=newest", as: cast.carol) == ["followers"])
            await server.post("/v1/users/\(cast.bob.id)/block", as: cast.carol)
            #expect(await server.comments(target, as: cast.carol) == [])
        }
    }

    @Test("an idempotency key is for one post")
    func idempotency() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let (one, two) = (
                try await server.publish("one", by: cast.alice), try await server.publish("two", by: cast.alice)
            )
            func send(_ post: String) async throws -> Answer {
                let call = Call(.post, "/v1/posts/\(post)/comments", as: cast.bob.token, #"{"content":"once"}"#)
                return await server.send(try call.with("Idempotency-Key", "k1"))
            }
            let first = try await send(one)
            let again = try await send(one)
            #expect(again.headers[.idempotencyReplayed] == "true")
            #expect(again.json == first.json)
            #expect(try await send(two).headers[.idempotencyReplayed] == nil)
            #expect(await server.comments("/v1/posts/\(one)/comments") == ["once"])
        }
    }
}

extension TestServer {
    /// - Returns: the comment's id.
    @discardableResult
    func comment(
        _ content: String, by author: Person, on post: String, replyTo: String? = nil
    ) async throws -> String {
        let reply = replyTo.map { #","reply_to":"\#($0)""# } ?? ""
        let answer = await self.post(
            "/v1/posts/\(post)/comments", as: author, #"{"content":\#(Self.quoted(content))\#(reply)}"#)
        try #require(answer.status == 201, "\(answer.text)")
        return try #require(answer.json["comment_id"].string)
    }

    /// The texts of a list of comments.
    func comments(_ target: String, as person: Person? = nil) async -> [String] {
        await get(target, as: person).json["comments"].array.compactMap { $0["content"].string }
    }
}
