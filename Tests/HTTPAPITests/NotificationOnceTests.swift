import Core
import SQL
import Testing

@testable import HTTPAPI
@testable import Notifications

@Suite("Notifications come once", .timeLimit(.minutes(10)))
struct NotificationOnceTests {
    @Test("a mention that is taken out and put back is told once")
    func mentions() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = "/v1/posts/\(try await server.publish("hello @alice", by: cast.bob))"
            let first = try await server.notifications(of: cast.alice).map { $0["notification_id"] }
            #expect(first.count == 1)
            await server.post("/v1/notifications/read", as: cast.alice)
            for _ in 1...2 {
                await server.put(post, as: cast.bob, #"{"content":"hello"}"#)
                #expect(try await server.notifications(of: cast.alice) == [])
                await server.put(post, as: cast.bob, #"{"content":"hello again, @alice"}"#)
                let told = try await server.notifications(of: cast.alice)
                #expect(told.map { $0["notification_id"] } == first)
                #expect(told.map { $0["is_read"] } == [.bool(true)])
                #expect(try await server.unreadCount(of: cast.alice) == 0)
            }
            await server.delete(post, as: cast.bob)
            try await server.drained()
            #expect(try await server.count("SELECT count(*) FROM notifications") == 0)
        }
    }

    @Test("parting and coming together again tells nobody twice", arguments: ["blocked by", "blocks", "mutes"])
    func parting(how: String) async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let like = "/v1/posts/\(try await server.publish("hello", by: cast.alice))/like"
            try await server.follow(cast.bob, cast.alice)
            await server.post(like, as: cast.bob)
            let first = Set(try await server.notifications(of: cast.alice).compactMap { $0["notification_id"].string })
            #expect(first.count == 2)
            await server.post("/v1/notifications/read", as: cast.alice)
            let (one, other) = how == "blocked by" ? (cast.bob, cast.alice) : (cast.alice, cast.bob)
            let target = "/v1/users/\(other.id)/\(how == "mutes" ? "mute" : "block")"
            for _ in 1...2 {
                await server.post(target, as: one)
                #expect(try await server.notifications(of: cast.alice) == [])
                await server.delete(target, as: one)
                await server.post(like, as: cast.bob, #"{"reaction":"LOVE"}"#)
                #expect(try await server.notifications(of: cast.alice) == [])
                await server.delete(like, as: cast.bob)
                await server.delete("/v1/users/\(cast.alice.id)/follow", as: cast.bob)
                try await server.drained()
                await server.post(like, as: cast.bob)
                try await server.follow(cast.bob, cast.alice)
                let told = try await server.notifications(of: cast.alice)
                #expect(Set(told.compactMap { $0["notification_id"].string }) == first)
                #expect(try await server.unreadCount(of: cast.alice) == 0)
            }
        }
    }

    @Test("past what a group holds, another reaction is no news, and what was never told is not counted")
    func beyond() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let like = "/v1/posts/\(try await server.publish("hello", by: cast.alice))/like"
            await server.post(like, as: cast.bob)
            await server.post(like, as: cast.carol)
            let first = try await server.notifications(of: cast.alice).map { $0["notification_id"] }
            await server.post("/v1/notifications/read", as: cast.alice)
            // As if a hundred had come after bob.
            try await server.database.write { store in
                try store.execute("DELETE FROM notifications WHERE actor_id = \(cast.bob.id)", [])
                try store.execute("UPDATE notification_groups SET beyond = 1", [])
            }
            func expectSame(_ count: Double = 2) async throws {
                let told = try await server.notifications(of: cast.alice)
                #expect(told.map { $0["notification_id"] } == first)
                #expect(told.map { $0["actors_count"] } == [.number(count)])
                #expect(try await server.unreadCount(of: cast.alice) == 0)
            }
            await server.post(like, as: cast.bob, #"{"reaction":"LOVE"}"#)
            try await expectSame()
            await server.post("/v1/users/\(cast.dan.id)/mute", as: cast.alice)
            for _ in 1...2 {
                await server.post(like, as: cast.dan)
                try await expectSame()
                await server.delete(like, as: cast.dan)
                try await expectSame()
            }
            await server.post(like, as: cast.alice)
            await server.delete(like, as: cast.alice)
            try await expectSame()
            // What is changed was not told while its actor was muted.
            await server.post(like, as: cast.dan)
            try await server.drained()
            await server.delete("/v1/users/\(cast.dan.id)/mute", as: cast.alice)
            await server.post(like, as: cast.dan, #"{"reaction":"LOVE"}"#)
            try await expectSame()
            await server.delete(like, as: cast.bob)
            try await expectSame(1)
        }
    }

    @Test("an edit tells nobody who could see the post before")
    func edits() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let root = try await server.publish("hello", by: cast.alice)
            let comment = try await server.comment("old", by: cast.bob, on: root)
            let mention = try await server.publish("@alice old", by: cast.bob)
            #expect(try await server.notifications(of: cast.alice).count == 2)
            let mute = "/v1/users/\(cast.bob.id)/mute"
            await server.post(mute, as: cast.alice)
            let unheard = try await server.comment("unheard", by: cast.bob, on: root)
            try await server.drained()
            await server.delete(mute, as: cast.alice)
            #expect(try await server.notifications(of: cast.alice) == [])
            for id in [comment, unheard] {
                await server.put("/v1/comments/\(id)", as: cast.bob, #"{"content":"new"}"#)
            }
            await server.put("/v1/posts/\(mention)", as: cast.bob, #"{"content":"@alice new"}"#)
            #expect(try await server.notifications(of: cast.alice) == [])
            #expect(try await server.unreadCount(of: cast.alice) == 0)
        }
    }

    @Test("an edit that opens a post tells those to whom it does, once")
    func opening() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let root = try await server.publish("hello", by: cast.alice)
            try await server.follow(cast.carol, cast.bob)
            let comment = try await server.publish("hm @carol", by: cast.bob, visibility: "private", replyTo: root)
            func show(_ visibility: String) async throws {
                let body = #"{"content":"hm @carol","visibility":"\#(visibility)"}"#
                await server.put("/v1/comments/\(comment)", as: cast.bob, body)
                try await server.drained()
            }
            try await show("followers")
            #expect(try await server.notifications(of: cast.alice) == [])
            let first = try await server.notifications(of: cast.carol)
            #expect(first.map(\.line) == ["mention by bob"])
            try await show("public")
            #expect(try await server.notifications(of: cast.alice).map(\.line) == ["comment by bob"])
            #expect(try await server.notifications(of: cast.carol).map(\.line) == ["mention by bob"])
            await server.post("/v1/notifications/read", as: cast.alice)
            try await show("private")
            #expect(try await server.notifications(of: cast.alice) == [])
            try await show("public")
            #expect(try await server.notifications(of: cast.alice).map { $0["is_read"] } == [.bool(true)])
        }
    }

    @Test("a batch comes to what it leaves, seen from what was before it")
    func batches() {
        let fact = NotificationFact(.reaction, to: 1, about: 2, by: 3)
        var passing = NotificationDraft()
        passing.tell(fact, detail: 1)
        passing.takeBack(fact)
        #expect(passing.told.isEmpty && passing.takenBack.isEmpty)
        passing.tell(fact, detail: 1)
        passing.change(fact, detail: 2)
        #expect(passing.told[fact.group] == [fact] && passing.detail(of: fact) == 2)
        #expect(passing.toldAgain.isEmpty)

        var again = NotificationDraft()
        again.takeBack(fact)
        #expect(again.takenBack == [fact])
        again.tell(fact, detail: 3)
        #expect(again.toldAgain == [fact] && again.takenBack.isEmpty)
        #expect(again.told[fact.group] == [fact])

        var changed = NotificationDraft()
        changed.change(fact, detail: 4)
        #expect(changed.changed == [fact] && changed.told.isEmpty && changed.detail(of: fact) == 4)
        changed.takeBack(fact)
        #expect(changed.changed.isEmpty && changed.takenBack == [fact])
    }
}
