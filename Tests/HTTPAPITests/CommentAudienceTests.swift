import Accounts
import Core
import Testing

@testable import HTTPAPI

/// What is said below a post stays among those who may see the post.
@Suite("Who sees comments", .timeLimit(.minutes(10)))
struct CommentAudienceTests {
    /// What keeps bob from alice's post, once it was for everyone.
    enum Fence: String, CaseIterable {
        case followers, closeFriends = "close_friends", author = "private", privateAccount, blocking, blocked

        func put(up isUp: Bool, _ thread: Thread, _ server: TestServer) async throws {
            let (alice, bob) = (thread.cast.alice, thread.cast.bob)
            switch self {
            case .privateAccount: try await server.makePrivate(alice, isUp)
            case .blocking: await Self.block(isUp, alice, by: bob, server)
            case .blocked: await Self.block(isUp, bob, by: alice, server)
            default:
                let body = #"{"content":"root","visibility":"\#(isUp ? rawValue : "public")"}"#
                #expect(await server.put("/v1/posts/\(thread.root)", as: alice, body).status == 200)
            }
        }

        private static func block(_ isUp: Bool, _ person: Person, by other: Person, _ server: TestServer) async {
            let path = "/v1/users/\(person.id)/block"
            _ = isUp ? await server.post(path, as: other) : await server.delete(path, as: other)
        }
    }

    /// Below a post of alice's, carol answers a comment of dan's. Bob follows carol and dan, and not alice.
    struct Thread: Sendable {
        let cast: Cast
        let root: String
        let comment: String
        /// Paths of lists for bob that hold it.
        let lists: [String]
        /// Of those of which there is nothing but the comment.
        let paths: [String]
        /// A quote of it by dan.
        let quote: String

        init(_ server: TestServer) async throws {
            let cast = try await server.cast()
            self.cast = cast
            for person in [cast.carol, cast.dan] { try await server.follow(cast.bob, person) }
            root = try await server.publish("root", by: cast.alice)
            let above = try await server.publish("above", by: cast.dan, replyTo: root)
            comment = try await server.publish("#secret", by: cast.carol, replyTo: above)
            await server.post("/v1/posts/\(comment)/bookmark", as: cast.bob)
            await server.post("/v1/posts/\(comment)/share", as: cast.dan)
            await server.post("/v1/tags/secret/follow", as: cast.bob)
            let quoting = #"{"content":"look","quote_of":"\#(comment)"}"#
            quote = await server.post("/v1/posts", as: cast.dan, quoting).json["post_id"].string ?? ""
            let list = try await server.makeList("Friends", by: cast.bob, #","replies":"followed""#)
            await server.post("\(list)/members", as: cast.bob, ListRouteTests.members(cast.carol))
            lists = [
                "/v1/feed", "/v1/feed", "\(list)/feed", "/v1/users/\(cast.carol.id)/posts?replies=true",
                "/v1/users/\(cast.dan.id)/posts", "/v1/me/bookmarks", "/v1/tags/secret/posts", "/v1/me/tags/feed",
            ]
            let post = "/v1/posts/\(comment)"
            let views = ["/comments", "/likes", "/shares", "/quotes", "/history"].map { post + $0 }
            // Twice: the second time it is in memory.
            paths = [post, post, "/v1/comments/\(comment)", "/v1/comments/\(comment)/comments"] + views
            try await server.drained()
        }

        /// Where it is to be met, and where it is not.
        func met(by person: Person, _ server: TestServer) async -> (shown: [String], absent: [String]) {
            var (shown, absent): ([String], [String]) = ([], [])
            func note(_ path: String, _ isShown: Bool) { isShown ? shown.append(path) : absent.append(path) }
            for path in lists { note(path, await server.contents(path, as: person).contains("#secret")) }
            for path in paths { note(path, await server.get(path, as: person).status == 200) }
            for path in ["/v1/feed", "/v1/feed", "/v1/posts/\(quote)"] {
                let text = await server.get(path, as: person).text
                note("quoted in \(path)", text.contains(##""quoted_post":{"post_id":"\##(comment)""##))
            }
            return (shown, absent)
        }
    }

    @Test("what closes a post closes what is said below it, at once and everywhere", arguments: Fence.allCases)
    func closing(fence: Fence) async throws {
        try await TestServer.run { server in
            let thread = try await Thread(server)
            let cast = thread.cast
            #expect(await thread.met(by: cast.bob, server).absent == [])
            try await fence.put(up: true, thread, server)
            #expect(await thread.met(by: cast.bob, server).shown == [])
            #expect(await server.get("/v1/posts/\(thread.comment)", as: cast.carol).status == 200)
            #expect(await server.contents("/v1/feed", as: cast.carol).contains("#secret"))
            #expect(await server.get("/v1/posts/\(thread.comment)", as: cast.alice).status == 200)
            let isAboutBob = fence == .blocking || fence == .blocked
            #expect(await server.get("/v1/posts/\(thread.comment)").status == (isAboutBob ? 200 : 404))
            #expect(await server.contents("/v1/tags/secret/posts") == (isAboutBob ? ["#secret"] : []))
            try await fence.put(up: false, thread, server)
            #expect(await thread.met(by: cast.bob, server).absent == [])
        }
    }

    @Test("a post that is deleted keeps its audience for what was said below it", arguments: ["public", "followers"])
    func deletion(visibility: String) async throws {
        try await TestServer.run { server in
            let thread = try await Thread(server)
            let body = #"{"content":"root","visibility":"\#(visibility)"}"#
            await server.put("/v1/posts/\(thread.root)", as: thread.cast.alice, body)
            await server.delete("/v1/posts/\(thread.root)", as: thread.cast.alice)
            let (shown, absent) = await thread.met(by: thread.cast.bob, server)
            #expect(visibility == "public" ? absent == [] : shown == [])
            try await server.follow(thread.cast.bob, thread.cast.alice)
            #expect(await thread.met(by: thread.cast.bob, server).absent == [])
        }
    }

    @Test("with its author a post for few is closed for good, one for everyone is not", arguments: [true, false])
    func ends(isPrivate: Bool) async throws {
        try await TestServer.run(TestServer.Options(deletionGrace: .zero)) { server in
            let thread = try await Thread(server)
            let (alice, bob) = (thread.cast.alice, thread.cast.bob)
            try await server.follow(bob, alice)
            try await server.makePrivate(alice, isPrivate)
            #expect(await thread.met(by: bob, server).absent == [])
            await server.leave(alice)
            for isErased in [false, true] {
                if isErased { try await server.eraseDue() }
                let (shown, absent) = await thread.met(by: bob, server)
                #expect(isPrivate ? shown == [] : absent == [], "erased: \(isErased)")
            }
            #expect(await server.get("/v1/posts/\(thread.comment)", as: thread.cast.carol).status == 200)
        }
    }

    @Test(
        "a block ends with the account that it kept apart, and so what it kept from the other",
        arguments: [true, false])
    func blockOfNobody(isByOther: Bool) async throws {
        try await TestServer.run { server in
            let thread = try await Thread(server)
            let (alice, bob) = (thread.cast.alice, thread.cast.bob)
            let (blocker, blocked) = isByOther ? (bob, alice) : (alice, bob)
            await server.post("/v1/users/\(blocked.id)/block", as: blocker)
            #expect(await server.get("/v1/comments/\(thread.comment)", as: bob).status == 404)
            try await server.services.accounts.delete(try #require(ID<Account>(alice.id)))
            try await server.drained()
            #expect(await server.get("/v1/comments/\(thread.comment)", as: bob).status == 200)
        }
    }

    @Test("notifications of comments in a thread go when it closes to whom they are for")
    func notifications() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let root = try await server.publish("root", by: cast.alice)
            let own = try await server.publish("mine", by: cast.bob, replyTo: root)
            try await server.publish("answer", by: cast.carol, replyTo: own)
            try await server.drained()
            #expect(await server.get("/v1/notifications/unread", as: cast.bob).json["unread_count"] == .number(1))
            await server.put(
                "/v1/posts/\(root)", as: cast.alice, #"{"content":"root","visibility":"close_friends"}"#)
            let told = await server.get("/v1/notifications", as: cast.bob).json
            #expect(told["notifications"].array.isEmpty && told["unread_count"] == .number(0))
            #expect(await server.get("/v1/posts/\(own)", as: cast.bob).status == 200)
        }
    }

    @Test("what is said below a post for few is neither shared, nor a trend, nor told to others")
    func staying() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            for person in [cast.carol, cast.dan] { try await server.follow(person, cast.alice) }
            for person in [cast.carol, cast.dan] { try await server.follow(cast.bob, person) }
            let root = try await server.publish("root", by: cast.alice, visibility: "followers")
            let above = try await server.publish("#plan", by: cast.dan, replyTo: root)
            try await server.drained()
            try await server.listening(as: cast.bob) { stream in
                let comment = try await server.publish("#plan @bob", by: cast.carol, replyTo: above)
                let open = try await server.publish("#open", by: cast.carol)
                try await server.publish("#open", by: cast.alice)
                let share = await server.post("/v1/posts/\(comment)/share", as: cast.dan)
                #expect(share.status == 403 && share.problem == "sharing-closed")
                let quote = #"{"content":"look","quote_of":"\#(comment)"}"#
                #expect(await server.post("/v1/posts", as: cast.dan, quote).status == 403)
                #expect(await server.post("/v1/posts", as: cast.bob, quote).status == 422)
                let trends = await server.get("/v1/tags/trending?window=day").json["tags"].array
                #expect(trends.map { $0["tag"] } == [.text("open")])
                try await server.drained()
                #expect(await server.get("/v1/notifications", as: cast.bob).json["unread_count"] == .number(0))
                #expect(await server.get("/v1/notifications", as: cast.dan).json["unread_count"] == .number(2))
                var told = await stream.next()
                while let other = told, !other.hasPrefix("post.new") { told = await stream.next() }
                #expect(told?.contains(open) == true)
                #expect(await server.get("/v1/posts/\(root)", as: cast.dan).json["comments_count"] == .number(2))
            }
        }
    }
}
