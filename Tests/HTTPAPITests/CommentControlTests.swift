import Accounts
import Core
import SQL
import Testing

@testable import HTTPAPI
@testable import Posts

@Suite("What authors decide about their posts")
struct CommentControlTests {
    @Test("the author at the root removes what others wrote below; its author can still erase it")
    func removal() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let root = try await server.publish("root", by: cast.alice)
            let comment = try await server.comment("comment", by: cast.bob, on: root)
            let below = try await server.comment("below", by: cast.carol, on: root, replyTo: comment)
            await server.post("/v1/posts/\(below)/pin", as: cast.carol)
            for other in [cast.bob, cast.dan] {
                #expect(await server.delete("/v1/comments/\(below)", as: other).status == 404)
            }
            // Only comments are removed so.
            #expect(await server.delete("/v1/posts/\(below)", as: cast.alice).status == 404)
            #expect(await server.delete("/v1/comments/\(below)", as: cast.alice).status == 204)
            #expect(await server.delete("/v1/comments/\(below)", as: cast.alice).status == 404)
            for viewer in [cast.alice, cast.carol, cast.dan, nil] {
                #expect(await server.get("/v1/comments/\(below)", as: viewer).status == 404)
                #expect(await server.comments("/v1/comments/\(comment)/comments", as: viewer) == [])
                #expect(await server.contents("/v1/users/\(cast.carol.id)/posts?replies=true", as: viewer) == [])
                #expect(await server.contents("/v1/users/\(cast.carol.id)/posts?pinned=true", as: viewer) == [])
            }
            #expect(await server.put("/v1/comments/\(below)", as: cast.carol, #"{"content":"x"}"#).status == 404)
            try await server.drained()
            #expect(await server.get("/v1/posts/\(root)").json["comments_count"] == .number(1))
            #expect(await server.get("/v1/users/\(cast.carol.id)").json["posts_count"] == .number(0))
            #expect(try await text(of: below, server) == "4 below")

            #expect(await server.delete("/v1/comments/\(below)", as: cast.carol).status == 204)
            #expect(await server.delete("/v1/comments/\(below)", as: cast.carol).status == 404)
            try await server.drained()
            #expect(try await text(of: below, server) == "5 ")
            #expect(await server.get("/v1/posts/\(root)").json["comments_count"] == .number(1))
            #expect(await server.get("/v1/users/\(cast.carol.id)").json["posts_count"] == .number(0))
        }
    }

    @Test("a deleted account takes its removed comments with it")
    func erasure() async throws {
        try await TestServer.run(TestServer.Options(deletionGrace: .zero)) { server in
            let cast = try await server.cast()
            let root = try await server.publish("root", by: cast.alice)
            let comment = try await server.comment("comment", by: cast.bob, on: root)
            await server.delete("/v1/comments/\(comment)", as: cast.alice)
            await server.leave(cast.bob)
            try await server.eraseDue()
            #expect(try await text(of: comment, server) == "5 ")
        }
    }

    private func text(of id: String, _ server: TestServer) async throws -> String? {
        let id = try #require(ID<Post>(id))
        return try await server.database.read { store in
            try store.first("SELECT state || ' ' || content FROM posts WHERE id = $1", [.integer(id.rawValue)]) {
                $0.text(0)
            }
        }
    }

    @Test("closed comments are refused at any depth, on every route; those that are there stay")
    func closing() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.carol, cast.alice)
            let root = try await server.publish("root", by: cast.alice)
            let comment = try await server.comment("comment", by: cast.bob, on: root)
            func statuses() async -> [Int] {
                var statuses: [Int] = []
                for person in [cast.alice, cast.bob, cast.carol] {
                    let body = #"{"content":"new","reply_to":"\#(comment)"}"#
                    for target in ["/v1/posts/\(root)/comments", "/v1/posts"] {
                        let answer = await server.post(target, as: person, body)
                        if answer.status == 403 { #expect(answer.problem == "comments-closed") }
                        statuses.append(answer.status)
                    }
                }
                return statuses
            }
            let settings = "/v1/posts/\(root)/settings"
            #expect(await server.get("/v1/posts/\(root)").json["settings"]["comments"] == .text("open"))
            let closed = await server.put(settings, as: cast.alice, #"{"comments":"closed"}"#)
            #expect(closed.json["settings"]["comments"] == .text("closed"))
            #expect(await server.get("/v1/posts/\(root)").json == closed.json)
            #expect(await statuses() == [201, 201, 403, 403, 403, 403])
            #expect(await server.comments("/v1/posts/\(root)/comments") == ["comment"])
            await server.put(settings, as: cast.alice, #"{"comments":"followers"}"#)
            #expect(await statuses() == [201, 201, 403, 403, 201, 201])
            await server.put(settings, as: cast.alice, #"{"comments":"open"}"#)
            #expect(await statuses() == [201, 201, 201, 201, 201, 201])

            #expect(await server.put(settings, as: cast.bob, #"{"comments":"open"}"#).status == 404)
            for body in [#"{"comments":"shut"}"#, "{}", #"{"comments":null}"#] {
                #expect(await server.put(settings, as: cast.alice, body).json["field"] == .text("comments"))
            }
            let below = await server.put("/v1/posts/\(comment)/settings", as: cast.bob, #"{"comments":"closed"}"#)
            #expect(below.json["field"] == .text("comments"))
        }
    }

    @Test("who may share a post is said without its text, alone or with who may comment")
    func sharing() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let root = try await server.publish("root", by: cast.alice)
            let comment = try await server.comment("comment", by: cast.bob, on: root)
            let settings = "/v1/posts/\(root)/settings"
            #expect(await server.get("/v1/posts/\(root)", as: cast.carol).json["share_policy"] == .text("everyone"))
            let alone = await server.put(settings, as: cast.alice, #"{"share_policy":"nobody"}"#)
            #expect(alone.status == 200)
            #expect(alone.json["share_policy"] == .text("nobody"))
            #expect(alone.json["settings"]["comments"] == .text("open"))
            #expect(alone.json["edited_at"] == .null)
            #expect(await server.get("/v1/posts/\(root)").json["share_policy"] == .text("nobody"))
            #expect(await server.post("/v1/posts/\(root)/share", as: cast.carol).status == 403)
            let both = await server.put(
                settings, as: cast.alice, #"{"share_policy":"everyone","comments":"closed"}"#)
            #expect(both.json["share_policy"] == .text("everyone"))
            #expect(both.json["settings"]["comments"] == .text("closed"))
            #expect(await server.post("/v1/posts/\(root)/share", as: cast.carol).status == 201)

            let below = "/v1/posts/\(comment)/settings"
            let own = await server.put(below, as: cast.bob, #"{"share_policy":"followers"}"#)
            #expect(own.json["share_policy"] == .text("followers"))
            #expect(await server.put(below, as: cast.alice, #"{"share_policy":"nobody"}"#).status == 404)
            #expect(await server.put(settings, as: cast.bob, #"{"share_policy":"nobody"}"#).status == 404)
            let astray = await server.put(settings, as: cast.alice, #"{"share_policy":"some"}"#)
            #expect(astray.json["field"] == .text("share_policy"))
        }
    }

    @Test("closing and commenting at once: what was taken in came before")
    func race() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let root = try await server.publish("root", by: cast.alice)
            let target = "/v1/posts/\(root)/comments"
            let accepted = await withTaskGroup(of: Int.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        if number == 20 {
                            await server.put("/v1/posts/\(root)/settings", as: cast.alice, #"{"comments":"closed"}"#)
                            return 0
                        }
                        let status = await server.post(target, as: cast.bob, #"{"content":"\#(number)"}"#).status
                        #expect(status == 201 || status == 403)
                        return status == 201 ? 1 : 0
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(await server.post(target, as: cast.bob, #"{"content":"late"}"#).status == 403)
            #expect(await server.comments("\(target)?limit=100").count == accepted)
        }
    }

    @Test("own posts are pinned, at most five, the last one first, for those who may see them")
    func pins() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            var ids: [String] = []
            for number in 1...6 { ids.append(try await server.publish("\(number)", by: cast.alice)) }
            let list = "/v1/users/\(cast.alice.id)/posts?pinned=true"
            #expect(await server.contents(list) == [])
            for id in ids.prefix(5) + ids.prefix(1) {
                #expect(await server.post("/v1/posts/\(id)/pin", as: cast.alice).json["post_id"] == .text(id))
            }
            #expect(await server.post("/v1/posts/\(ids[5])/pin", as: cast.alice).problem == "limit-reached")
            #expect(await server.post("/v1/posts/\(ids[5])/pin", as: cast.bob).status == 404)
            #expect(await server.contents(list, as: cast.bob) == ["5", "4", "3", "2", "1"])
            for _ in 0..<2 { #expect(await server.delete("/v1/posts/\(ids[1])/pin", as: cast.alice).status == 204) }
            #expect(await server.delete("/v1/posts/\(ids[2])/pin", as: cast.bob).status == 404)
            await server.delete("/v1/posts/\(ids[3])", as: cast.alice)
            await server.put("/v1/posts/\(ids[4])", as: cast.alice, #"{"content":"5","visibility":"followers"}"#)
            #expect(await server.contents(list) == ["3", "1"])
            #expect(await server.contents(list, as: cast.alice) == ["5", "3", "1"])
            // Those deleted make room.
            for _ in 0..<2 {
                let id = try await server.publish("more", by: cast.alice)
                #expect(await server.post("/v1/posts/\(id)/pin", as: cast.alice).status == 200)
            }
            await server.post("/v1/users/\(cast.bob.id)/block", as: cast.alice)
            #expect(await server.get(list, as: cast.bob).status == 404)
            #expect(await server.contents("/v1/users/\(cast.alice.id)/posts").count == 6)
        }
    }
}
