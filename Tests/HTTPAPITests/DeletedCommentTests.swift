import Core
import SQL
import Testing

@testable import HTTPAPI

/// What answers a comment stays within reach when the comment goes.
@Suite("Deleted comments", .timeLimit(.minutes(5)))
struct DeletedCommentTests {
    /// Below a post of alice's bob comments, carol answers bob and dan answers carol.
    struct Thread: Sendable {
        let cast: Cast
        let root: String
        let top: String
        let middle: String
        let bottom: String

        init(_ server: TestServer, answering visibility: String = "public") async throws {
            cast = try await server.cast()
            try await server.follow(cast.dan, cast.carol)
            root = try await server.publish("root", by: cast.alice)
            top = try await server.publish("top", by: cast.bob, replyTo: root)
            middle = try await server.publish("middle", by: cast.carol, visibility: visibility, replyTo: top)
            bottom = try await server.publish("bottom", by: cast.dan, visibility: visibility, replyTo: middle)
            try await server.drained()
        }
    }

    enum End: CaseIterable {
        case deletion, removal, erasure

        func come(to comment: String, of author: Person, _ thread: Thread, _ server: TestServer) async throws {
            switch self {
            case .deletion: #expect(await server.delete("/v1/comments/\(comment)", as: author).status == 204)
            case .removal: #expect(await server.delete("/v1/comments/\(comment)", as: thread.cast.alice).status == 204)
            case .erasure:
                await server.leave(author)
                try await server.eraseDue()
            }
            try await server.drained()
        }
    }

    @Test("a comment that goes while others answer it keeps its place, and nothing else", arguments: End.allCases)
    func place(end: End) async throws {
        try await TestServer.run(TestServer.Options(deletionGrace: .zero)) { server in
            let thread = try await Thread(server)
            let created = await server.get("/v1/comments/\(thread.top)").json["created_at"]
            try await end.come(to: thread.top, of: thread.cast.bob, thread, server)
            let place = JSON.object([
                "comment_id": .text(thread.top), "reply_to": .text(thread.root), "created_at": created,
                "comments_count": .number(2), "unavailable": .bool(true),
            ])
            for sort in ["newest", "oldest", "top"] {
                let list = await server.get("/v1/posts/\(thread.root)/comments?sort=\(sort)", as: thread.cast.dan)
                #expect(list.json["comments"].array == [place])
            }
            for list in [
                "/v1/comments/\(thread.top)/comments", "/v1/posts/\(thread.root)/comments?parent=\(thread.top)",
            ] {
                #expect(await server.comments(list) == ["middle"])
            }
            #expect(await server.get("/v1/comments/\(thread.top)").status == 404)
            #expect(await server.get("/v1/posts/\(thread.top)").status == 404)
            #expect(await server.get("/v1/posts/\(thread.root)").json["comments_count"] == .number(2))
            let late = #"{"content":"late","reply_to":"\#(thread.top)"}"#
            for target in ["/v1/posts", "/v1/posts/\(thread.root)/comments"] {
                #expect(await server.post(target, as: thread.cast.carol, late).json["field"] == .text("reply_to"))
            }
        }
    }

    @Test("places go upwards with the last that is below them", arguments: End.allCases)
    func chain(end: End) async throws {
        try await TestServer.run(TestServer.Options(deletionGrace: .zero)) { server in
            let thread = try await Thread(server)
            for (comment, author) in [(thread.middle, thread.cast.carol), (thread.top, thread.cast.bob)] {
                try await end.come(to: comment, of: author, thread, server)
            }
            #expect(await ids("/v1/posts/\(thread.root)/comments", server) == [thread.top])
            #expect(await ids("/v1/comments/\(thread.top)/comments", server) == [thread.middle])
            #expect(await ids("/v1/comments/\(thread.middle)/comments", server) == [thread.bottom])
            try await end.come(to: thread.bottom, of: thread.cast.dan, thread, server)
            #expect(await ids("/v1/posts/\(thread.root)/comments", server) == [])
            for gone in [thread.top, thread.middle, thread.bottom] {
                #expect(await server.get("/v1/comments/\(gone)/comments").status == 404)
            }
            let rows = try await server.database.read { try $0.integer("SELECT count(*) FROM replies") }
            #expect(rows == 0)
        }
    }

    /// What keeps a deleted comment from having a place that everybody is shown.
    enum Silence: String, CaseIterable {
        case nothing, followers, author = "private", privateAccount, answersForFew, answersByPrivateAccounts
    }

    @Test("only what everybody could see leaves a place", arguments: Silence.allCases)
    func silence(_ silence: Silence) async throws {
        try await TestServer.run { server in
            let thread = try await Thread(server, answering: silence == .answersForFew ? "followers" : "public")
            let cast = thread.cast
            for person in [cast.carol, cast.dan] { try await server.follow(person, cast.bob) }
            switch silence {
            case .nothing, .answersForFew: break
            case .privateAccount: try await server.makePrivate(cast.bob)
            case .answersByPrivateAccounts:
                for person in [cast.carol, cast.dan] { try await server.makePrivate(person) }
            case .followers, .author:
                let body = #"{"content":"top","visibility":"\#(silence.rawValue)"}"#
                #expect(await server.put("/v1/comments/\(thread.top)", as: cast.bob, body).status == 200)
            }
            await server.delete("/v1/comments/\(thread.top)", as: cast.bob)
            try await server.drained()
            for viewer in [cast.alice, cast.bob, cast.carol, nil] {
                let isShown = silence == .nothing
                #expect(
                    await ids("/v1/posts/\(thread.root)/comments", as: viewer, server) == (isShown ? [thread.top] : []))
                let below = await server.get("/v1/comments/\(thread.top)/comments", as: viewer)
                #expect(below.status == (isShown ? 200 : 404))
                let parent = await server.get("/v1/posts/\(thread.root)/comments?parent=\(thread.top)", as: viewer)
                #expect(parent.status == (isShown ? 200 : 422))
            }
        }
    }

    @Test("a place does not tell whose comment it was", arguments: ["mute", "block"])
    func authorship(deed: String) async throws {
        try await TestServer.run { server in
            let thread = try await Thread(server)
            await server.delete("/v1/comments/\(thread.top)", as: thread.cast.bob)
            try await server.drained()
            let before = await server.get("/v1/posts/\(thread.root)/comments", as: thread.cast.dan).json
            await server.post("/v1/users/\(thread.cast.bob.id)/\(deed)", as: thread.cast.dan)
            #expect(await server.get("/v1/posts/\(thread.root)/comments", as: thread.cast.dan).json == before)
            #expect(await ids("/v1/comments/\(thread.top)/comments", as: thread.cast.dan, server) == [thread.middle])
        }
    }

    @Test("places are for those who may see the post at the root", arguments: CommentAudienceTests.Fence.allCases)
    func audience(fence: CommentAudienceTests.Fence) async throws {
        try await TestServer.run { server in
            let thread = try await CommentAudienceTests.Thread(server)
            let (bob, dan) = (thread.cast.bob, thread.cast.dan)
            // Bob's own comment, which stays his, above another that goes.
            let own = try await server.publish("own", by: bob, replyTo: thread.root)
            let gone = try await server.publish("gone", by: dan, replyTo: own)
            let last = try await server.publish("last", by: dan, replyTo: gone)
            await server.delete("/v1/comments/\(gone)", as: dan)
            try await server.drained()
            for isUp in [false, true, false] {
                try await fence.put(up: isUp, thread, server)
                let below = await server.get("/v1/comments/\(gone)/comments", as: bob)
                #expect(below.status == (isUp ? 404 : 200))
                #expect(await ids("/v1/comments/\(own)/comments", as: bob, server) == (isUp ? [] : [gone]))
                #expect(await ids("/v1/comments/\(gone)/comments", as: dan, server).isEmpty == (isUp && fence.isForAll))
            }
            #expect(await ids("/v1/comments/\(gone)/comments", as: bob, server) == [last])
        }
    }

    @Test("an answer to a comment that is deleted in the same moment is refused, or found")
    func race() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let root = try await server.publish("root", by: cast.alice)
            for _ in 0..<20 {
                let comment = try await server.publish("comment", by: cast.bob, replyTo: root)
                async let deleted = server.delete("/v1/comments/\(comment)", as: cast.bob).status
                async let answered = server.post(
                    "/v1/posts/\(root)/comments", as: cast.carol, #"{"content":"x","reply_to":"\#(comment)"}"#)
                let (status, answer) = (await deleted, await answered)
                #expect(status == 204)
                try await server.drained()
                let below = await ids("/v1/comments/\(comment)/comments", server)
                #expect(await ids("/v1/posts/\(root)/comments?limit=1", server).contains(comment) == !below.isEmpty)
                guard answer.status == 201 else {
                    #expect(answer.status == 422 && below.isEmpty)
                    continue
                }
                #expect(below == [answer.json["comment_id"].string])
            }
        }
    }

    private func ids(_ target: String, as person: Person? = nil, _ server: TestServer) async -> [String] {
        await server.get(target, as: person).json["comments"].array.compactMap { $0["comment_id"].string }
    }
}

extension CommentAudienceTests.Fence {
    /// Whether it keeps dan out, too.
    fileprivate var isForAll: Bool {
        switch self {
        case .blocking, .blocked: false
        case .followers, .closeFriends, .author, .privateAccount: true
        }
    }
}
