import Core
import Synchronization
import Testing

@testable import HTTPAPI

@Suite("Streams and who may see", .timeLimit(.minutes(10)))
struct StreamRestrictionTests {
    private func new(_ id: String) -> String { #"post.new {"post_id":"\#(id)"}"# }
    private func updated(_ id: String) -> String { #"post.updated {"post_id":"\#(id)"}"# }
    private func gone(_ id: String) -> String { #"post.deleted {"post_id":"\#(id)"}"# }

    /// What keeps alice from posts of bob's that she was told of.
    enum Restriction: String, CaseIterable {
        case closeFriendRemoved, blocked, madePrivate

        func apply(to posts: [String], _ server: TestServer, _ cast: Cast) async {
            switch self {
            case .closeFriendRemoved:
                let removed = await server.delete("/v1/me/close-friends/\(cast.alice.id)", as: cast.bob)
                #expect(removed.status == 204)
            case .blocked: await server.post("/v1/users/\(cast.alice.id)/block", as: cast.bob)
            case .madePrivate:
                for post in posts {
                    let body = #"{"content":"mine","visibility":"private"}"#
                    #expect(await server.put("/v1/posts/\(post)", as: cast.bob, body).status == 200)
                }
            }
        }
    }

    /// Alice and dan follow bob, who counts them among his close friends, and carol.
    private func world(_ body: @Sendable @escaping (TestServer, Cast) async throws -> Void) async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            for person in [cast.alice, cast.dan] {
                for author in [cast.bob, cast.carol] { try await server.follow(person, author) }
                #expect(await server.put("/v1/me/close-friends/\(person.id)", as: cast.bob).status == 204)
            }
            try await server.drained()
            try await body(server, cast)
        }
    }

    @Test("who is a close friend no longer hears at once that the posts for close friends are gone, and no others")
    func closeFriendRemoved() async throws {
        try await world { server, cast in
            try await server.listening(as: cast.alice) { alice in
                let open = try await server.publish("for all", by: cast.bob)
                #expect(await alice.next() == new(open))
                let secret = try await server.publish("secret", by: cast.bob, visibility: "close_friends")
                #expect(await alice.next() == new(secret))
                await Restriction.closeFriendRemoved.apply(to: [secret], server, cast)
                #expect(await alice.next() == gone(secret))
                let marker = try await server.publish("marker", by: cast.carol)
                #expect(await alice.next() == new(marker))
            }
        }
    }

    @Test(
        "who comes back hears nothing of what was closed meanwhile, but for the end of what was told before",
        arguments: Restriction.allCases)
    func resume(restriction: Restriction) async throws {
        try await world { server, cast in
            let notes = Notes()
            try await server.listening(as: cast.alice) { alice in
                let post = try await server.publish("one", by: cast.bob, visibility: "close_friends")
                #expect(await alice.next() == new(post))
                notes.set("first", post)
                notes.set("last", alice.lastEventID)
            }
            // Dan's stream tells when the hub has come as far.
            try await server.listening(as: cast.dan) { dan in
                let post = try await server.publish("two", by: cast.bob, visibility: "close_friends")
                #expect(await dan.next() == new(post))
                await server.post("/v1/posts/\(post)/like", as: cast.dan)
                var told = await dan.next()
                while told?.contains(#""likes_count":1"#) == false { told = await dan.next() }
                let other = try await server.publish("three", by: cast.carol)
                while told != nil, told != new(other) { told = await dan.next() }
                notes.set("second", post)
                notes.set("missed", other)
            }
            await restriction.apply(to: [notes.get("first"), notes.get("second")], server, cast)
            try await server.listening(as: cast.alice, resume: notes.get("last")) { alice in
                #expect(await alice.next() == new(notes.get("missed")))
                #expect(await alice.next() == gone(notes.get("first")))
                let marker = try await server.publish("marker", by: cast.carol)
                #expect(await alice.next() == new(marker))
            }
        }
    }

    @Test("who comes back hears of the end of what is gone, which a feed may have shown meanwhile")
    func gone() async throws {
        try await world { server, cast in
            let notes = Notes()
            try await server.listening(as: cast.alice) { alice in
                let post = try await server.publish("one", by: cast.bob)
                #expect(await alice.next() == new(post))
                notes.set("last", alice.lastEventID)
            }
            try await server.listening(as: cast.dan) { dan in
                let post = try await server.publish("two", by: cast.bob)
                #expect(await dan.next() == new(post))
                #expect(await server.delete("/v1/posts/\(post)", as: cast.bob).status == 204)
                #expect(await dan.next() == gone(post))
                notes.set("gone", post)
            }
            try await server.listening(as: cast.alice, resume: notes.get("last")) { alice in
                #expect(await alice.next() == gone(notes.get("gone")))
                let marker = try await server.publish("marker", by: cast.carol)
                #expect(await alice.next() == new(marker))
            }
        }
    }

    @Test("a change of its settings makes no post new that was opened long ago")
    func settings() async throws {
        try await world { server, cast in
            let post = try await server.publish("draft", by: cast.bob, visibility: "private")
            let body = #"{"content":"open","visibility":"public"}"#
            #expect(await server.put("/v1/posts/\(post)", as: cast.bob, body).status == 200)
            try await server.drained()
            // It is not among what alice's feed shows first.
            for number in 0...Limits.pageSizeDefault { try await server.publish("\(number)", by: cast.carol) }
            try await server.drained()
            server.clock.advance(by: .seconds(400))
            try await server.listening(as: cast.alice) { alice in
                let path = "/v1/posts/\(post)/settings"
                #expect(await server.put(path, as: cast.bob, #"{"share_policy":"nobody"}"#).status == 200)
                let marker = try await server.publish("marker", by: cast.carol)
                #expect(await alice.next() == new(marker))
            }
        }
    }

    @Test("a post that an edit opens is new to those who could not see it, once the feed has it")
    func opened() async throws {
        try await world { server, cast in
            let post = try await server.publish("draft", by: cast.bob, visibility: "private")
            let known = try await server.publish("known", by: cast.bob, visibility: "followers")
            try await server.drained()
            try await server.listening(as: cast.alice) { alice in
                try await server.listening(as: cast.bob) { bob in
                    for id in [post, known] {
                        let body = #"{"content":"open","visibility":"public"}"#
                        #expect(await server.put("/v1/posts/\(id)", as: cast.bob, body).status == 200)
                        #expect(await alice.next() == (id == post ? new(id) : updated(id)))
                        #expect(await bob.next() == updated(id))
                        #expect(await server.contents("/v1/feed", as: cast.alice).contains("open"))
                    }
                    await server.put("/v1/posts/\(post)", as: cast.bob, #"{"content":"again"}"#)
                    #expect(await alice.next() == updated(post))
                }
            }
        }
    }
}

/// Carries ids from one stream to the next.
private final class Notes: Sendable {
    private let ids = Mutex<[String: String]>([:])

    func set(_ name: String, _ id: String) { ids.withLock { $0[name] = id } }
    func get(_ name: String) -> String { ids.withLock { $0[name] ?? "" } }
}
