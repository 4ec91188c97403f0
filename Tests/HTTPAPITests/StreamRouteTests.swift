import Accounts
import Core
import HTTPTypes
import Streaming
import Synchronization
import Testing

@testable import HTTPAPI

@Suite("Streams", .timeLimit(.minutes(10)))
struct StreamRouteTests {
    private func new(_ id: String) -> String { #"post.new {"post_id":"\#(id)"}"# }

    @Test("posts come that the feed shows, to followers and to their author, and the feed has them by then")
    func posts() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.alice, cast.bob)
            // Bob is told of the follow.
            try await server.drained()
            try await server.listening(as: cast.alice) { alice in
                try await server.listening(as: cast.bob) { bob in
                    try await server.publish("from a stranger", by: cast.carol)
                    try await server.publish("for bob alone", by: cast.bob, visibility: "private")
                    let id = try await server.publish("hello", by: cast.bob)
                    #expect(await alice.next() == new(id))
                    #expect(await server.contents("/v1/feed", as: cast.alice) == ["hello"])
                    #expect(await bob.next()?.hasPrefix("post.new") == true)
                    #expect(await bob.next() == new(id))
                }
            }
        }
    }

    @Test("authors whose posts are not pushed are heard of all the same")
    func pulled() async throws {
        try await TestServer.run(TestServer.Options(pullThreshold: 0)) { server in
            let cast = try await server.cast()
            try await server.follow(cast.alice, cast.bob)
            try await server.listening(as: cast.alice) { alice in
                let id = try await server.publish("hello", by: cast.bob)
                #expect(await alice.next() == new(id))
                #expect(await server.contents("/v1/feed", as: cast.alice) == ["hello"])
            }
        }
    }

    @Test("follows, mutes, unfollows and blocks count from when they are acknowledged", arguments: ["mute", "block"])
    func relations(action: String) async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.alice, cast.carol)
            try await server.listening(as: cast.alice) { alice in
                try await server.follow(cast.alice, cast.bob)
                let first = try await server.publish("one", by: cast.bob)
                #expect(await alice.next() == new(first))
                await server.post("/v1/users/\(cast.bob.id)/\(action)", as: cast.alice)
                #expect(await alice.next() == #"post.deleted {"post_id":"\#(first)"}"#)
                try await server.publish("two", by: cast.bob)
                let second = try await server.publish("three", by: cast.carol)
                #expect(await alice.next() == new(second))
                await server.delete("/v1/users/\(cast.carol.id)/follow", as: cast.alice)
                #expect(await alice.next() == #"post.deleted {"post_id":"\#(second)"}"#)
                try await server.publish("four", by: cast.carol)
                let own = try await server.publish("five", by: cast.alice)
                #expect(await alice.next() == new(own))
            }
        }
    }

    @Test("edits and deletions are told, and what is hidden from now on is gone")
    func changes() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.alice, cast.bob)
            let old = try await server.publish("old", by: cast.bob)
            try await server.drained()
            try await server.listening(as: cast.alice) { alice in
                await server.put("/v1/posts/\(old)", as: cast.bob, #"{"content":"new"}"#)
                #expect(await alice.next() == #"post.updated {"post_id":"\#(old)"}"#)
                await server.put("/v1/posts/\(old)", as: cast.bob, #"{"content":"new","visibility":"private"}"#)
                #expect(await alice.next() == #"post.deleted {"post_id":"\#(old)"}"#)
                let id = try await server.publish("hello", by: cast.bob)
                #expect(await alice.next() == new(id))
                // She never heard of it, and does not hear of its end.
                await server.delete("/v1/posts/\(old)", as: cast.bob)
                await server.delete("/v1/posts/\(id)", as: cast.bob)
                #expect(await alice.next() == #"post.deleted {"post_id":"\#(id)"}"#)
            }
        }
    }

    @Test("counters come of posts that were told of or are on the first page, and of no others")
    func counters() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.alice, cast.bob)
            let id = try await server.publish("hello", by: cast.bob)
            let foreign = try await server.publish("elsewhere", by: cast.carol)
            try await server.drained()
            try await server.listening(as: cast.alice) { alice in
                await server.post("/v1/posts/\(foreign)/like", as: cast.dan)
                await server.post("/v1/posts/\(id)/like", as: cast.carol)
                let counts = #""likes_count":1,"comments_count":0,"shares_count":0"#
                #expect(await alice.next() == #"counters {"posts":[{"post_id":"\#(id)",\#(counts)}]}"#)
            }
        }
    }

    @Test("who comes back gets what was missed, but nothing of whom they have blocked since")
    func resume() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.alice, cast.bob)
            try await server.follow(cast.alice, cast.carol)
            let last = LastID()
            try await server.listening(as: cast.alice) { alice in
                let id = try await server.publish("one", by: cast.bob)
                #expect(await alice.next() == new(id))
                last.set(alice.lastEventID)
            }
            // Dan's stream tells when the hub has come as far.
            try await server.follow(cast.dan, cast.carol)
            let missed = try await server.listeningUntilTold(as: cast.dan) {
                try await server.publish("two", by: cast.bob)
                return try await server.publish("three", by: cast.carol)
            }
            await server.post("/v1/users/\(cast.bob.id)/block", as: cast.alice)
            try await server.listening(as: cast.alice, resume: last.get()) { alice in
                #expect(await alice.next() == new(missed))
            }
            try await server.listening(as: cast.alice, resume: "1-1") { alice in
                #expect(await alice.next() == "reset {}")
            }
        }
    }

    @Test("a session's end ends its streams and no others", arguments: ["logout", "password", "delete", "suspend"])
    func ends(by how: String) async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let other = try await server.login("alice")
            try await server.listening(as: cast.alice) { alice in
                switch how {
                case "logout": await server.post("/v1/auth/logout", as: cast.alice)
                case "password":
                    let body = #"{"password":"another horse","current_password":"\#(Person.password)"}"#
                    await server.patch("/v1/me", as: other, body)
                case "delete": await server.leave(other)
                default: try await server.services.accounts.suspend(try #require(ID<Account>(cast.alice.id)))
                }
                #expect(await alice.next() == "end unauthorized")
            }
            guard how == "logout" else { return }
            try await server.listening(as: other) { alice in
                let id = try await server.publish("still here", by: other)
                #expect(await alice.next() == new(id))
            }
        }
    }

    @Test("a session's end ends its streams also where it was lost among more changes than may wait")
    func lostEnd() async throws {
        var settings = StreamSettings()
        settings.changesMax = 0
        try await TestServer.run(TestServer.Options(streams: settings)) { server in
            let alice = try await server.register("alice")
            try await server.listening(as: alice) { stream in
                await server.post("/v1/auth/logout", as: alice)
                var told = await stream.next()
                while told?.hasPrefix("reset") == true { told = await stream.next() }
                #expect(told == "end unauthorized")
            }
        }
    }

    @Test("a stream ends with its token")
    func expiry() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            try await server.listening(as: alice) { stream in
                server.clock.advance(by: .seconds(3600))
                #expect(await stream.next() == "end unauthorized")
            }
        }
    }

    @Test("an account and the server have only so many; a place is free again when its stream has ended")
    func limits() async throws {
        var options = TestServer.Options()
        options.streams.connectionsPerAccountMax = 1
        options.streams.connectionsMax = 2
        try await TestServer.run(options) { server in
            let cast = try await server.cast()
            try await server.listening(as: cast.alice) { _ in
                let second = await server.get("/v1/stream", as: cast.alice)
                #expect(second.status == 429)
                #expect(second.problem == "too-many-streams")
                try await server.listening(as: cast.bob) { _ in
                    let third = await server.get("/v1/stream", as: cast.carol)
                    #expect(third.status == 503)
                    #expect(third.headers[.retryAfter] != nil)
                }
            }
            try await server.listening(as: cast.alice) { _ in }
        }
    }

    @Test("markers are shared, move forward only unless told so, and tell the other devices")
    func markers() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            #expect(await server.get("/v1/me/markers", as: alice).text == "{}")
            try await server.listening(as: alice) { stream in
                let moved = await server.put("/v1/me/markers", as: alice, #"{"home":"20","notifications":"7"}"#)
                #expect(moved.json["home"]["last_read_id"] == .text("20"))
                #expect(moved.json["home"]["version"] == .number(1))
                #expect(await stream.next() == "read-marker \(moved.text)")
                let same = await server.put("/v1/me/markers", as: alice, #"{"home":"19"}"#)
                #expect(same.text == moved.text)
                let back = await server.put("/v1/me/markers", as: alice, #"{"home":"19","backward":true}"#)
                #expect(back.json["home"]["last_read_id"] == .text("19"))
                #expect(back.json["home"]["version"] == .number(2))
                #expect(back.json["notifications"] == moved.json["notifications"])
                #expect(await stream.next() == "read-marker \(back.text)")
            }
            // Nothing to come has been read.
            let future = await server.put("/v1/me/markers", as: alice, #"{"home":"9223372036854775807"}"#)
            let next = try await server.publish("next", by: alice)
            #expect(try #require(Int64(future.json["home"]["last_read_id"].string ?? "")) < #require(Int64(next)))
            #expect(await server.put("/v1/me/markers", as: alice, #"{"home":"x"}"#).status == 422)
            #expect(await server.put("/v1/me/markers", as: alice, #"{"home":{}}"#).status == 422)
        }
    }
}

/// Carries an id from one stream to the next.
private final class LastID: Sendable {
    private let id = Mutex("")
    func set(_ text: String) { id.withLock { $0 = text } }
    func get() -> String { id.withLock { $0 } }
}

extension TestServer {
    /// Has `person` listen until told of the post that `publish` returns the id of.
    fileprivate func listeningUntilTold(
        as person: Person, _ publish: @escaping @Sendable () async throws -> String
    ) async throws -> String {
        let id = LastID()
        try await listening(as: person) { stream in
            id.set(try await publish())
            #expect(await stream.next() == #"post.new {"post_id":"\#(id.get())"}"#)
        }
        return id.get()
    }
}
