import Core
import SQL
import Testing

@testable import HTTPAPI
@testable import Notifications

@Suite("Who hears of what", .timeLimit(.minutes(10)))
struct NotificationFilterTests {
    @Test("nobody hears of those they mute or block, before or after", arguments: ["mute", "block"])
    func restrictions(action: String) async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello", by: cast.alice)
            await server.post("/v1/posts/\(post)/like", as: cast.bob)
            await server.post("/v1/posts/\(post)/like", as: cast.carol)
            #expect(try await server.notifications(of: cast.alice).first?["actors_count"] == .number(2))
            await server.post("/v1/users/\(cast.bob.id)/\(action)", as: cast.alice)
            // At once, whatever the consumer has come to.
            let told = await server.get("/v1/notifications", as: cast.alice).json["notifications"].array
            #expect(told.map(\.line) == ["reaction by carol"])
            #expect(told.first?["actors_count"] == .number(1))
            try await server.publish("@alice!", by: cast.bob)
            #expect(try await server.notifications(of: cast.alice).map(\.line) == ["reaction by carol"])
            let live = "SELECT count(*) FROM notifications WHERE is_live = 1 AND actor_id = \(cast.bob.id)"
            #expect(try await server.count(live) == 0)
        }
    }

    @Test("whom somebody else blocks hears nothing of them either")
    func blocked() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.bob, cast.alice)
            #expect(try await server.notifications(of: cast.alice).count == 1)
            await server.post("/v1/users/\(cast.alice.id)/block", as: cast.bob)
            try await server.publish("@alice", by: cast.bob)
            #expect(try await server.notifications(of: cast.alice) == [])
        }
    }

    @Test("a mention tells those who may see the post")
    func visibility() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.bob, cast.alice)
            try await server.publish("@bob @carol", by: cast.alice, visibility: "followers")
            try await server.publish("@bob @carol", by: cast.alice, visibility: "private")
            #expect(try await server.notifications(of: cast.bob).map(\.line) == ["mention by alice"])
            #expect(try await server.notifications(of: cast.carol) == [])
            try await server.makePrivate(cast.alice)
            try await server.publish("@bob @carol", by: cast.alice)
            #expect(try await server.notifications(of: cast.bob).count == 2)
            #expect(try await server.notifications(of: cast.carol) == [])
        }
    }

    @Test("an account that is gone is in nobody's notifications, and has none")
    func deletion() async throws {
        try await TestServer.run(TestServer.Options(deletionGrace: .zero)) { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello @bob", by: cast.alice)
            await server.post("/v1/posts/\(post)/like", as: cast.bob)
            try await server.follow(cast.carol, cast.bob)
            #expect(try await server.notifications(of: cast.bob).count == 2)
            #expect(await server.leave(cast.bob).status == 202)
            #expect(await server.get("/v1/notifications", as: cast.alice).json["notifications"] == .list([]))
            try await server.eraseDue()
            try await server.drained()
            #expect(try await server.count("SELECT count(*) FROM notifications") == 0)
            #expect(try await server.count("SELECT count(*) FROM notification_groups WHERE newest_id > 0") == 0)
        }
    }

    @Test("what is read stays so on all devices, and something new makes a group unread again")
    func reading() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello", by: cast.alice)
            let like = "/v1/posts/\(post)/like"
            await server.post(like, as: cast.bob)
            try await server.follow(cast.bob, cast.alice)
            let told = try await server.notifications(of: cast.alice)
            #expect(told.count == 2)
            #expect(try await server.unreadCount(of: cast.alice) == 2)
            let oldest = told.last?["notification_id"].string ?? ""
            let answer = await server.post("/v1/notifications/read", as: cast.alice, #"{"up_to":"\#(oldest)"}"#)
            #expect(answer.json["unread_count"] == .number(1))
            #expect(
                try await server.notifications(of: cast.alice).map { $0["is_read"] } == [.bool(false), .bool(true)])
            // A later one than there is counts as the newest, so that what comes is unread.
            await server.post("/v1/notifications/read", as: cast.alice, #"{"up_to":"\#(Int64.max)"}"#)
            #expect(try await server.unreadCount(of: cast.alice) == 0)
            let markers = await server.get("/v1/me/markers", as: cast.alice).json
            #expect(markers["notifications"]["last_read_id"] == told.first?["notification_id"])
            await server.post(like, as: cast.carol)
            let after = try await server.notifications(of: cast.alice)
            #expect(after.count { $0["is_read"] == .bool(false) } == 1)
            #expect(after.first?.line == "reaction by carol")
            #expect(try await server.unreadCount(of: cast.alice) == 1)
        }
    }

    @Test("listeners hear of notifications, and of no more than the list has")
    func stream() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            await server.post("/v1/users/\(cast.dan.id)/mute", as: cast.alice)
            try await server.listening(as: cast.alice) { alice in
                try await server.follow(cast.dan, cast.alice)
                try await server.follow(cast.bob, cast.alice)
                let event = await alice.next()
                let id = try await server.notifications(of: cast.alice).first?["notification_id"].string ?? ""
                #expect(event == #"notification {"notification_id":"\#(id)","kind":"follow"}"#)
            }
        }
    }

    @Test("a group holds so many, and goes on counting")
    func bounds() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello", by: cast.alice)
            let crowd = Limits.notificationActorsMax + 5
            for number in 1...crowd {
                let person = try await server.register("fan\(number)")
                await server.post("/v1/posts/\(post)/like", as: person)
                if number % 40 == 0 { try await server.drained() }
            }
            let told = try await server.notifications(of: cast.alice)
            #expect(told.map { $0["actors_count"] } == [.number(Double(crowd))])
            #expect(told.first?["actors"].array.count == Limits.notificationActorsShown)
            #expect(try await server.count("SELECT count(*) FROM notifications") == Int64(Limits.notificationActorsMax))
            let first = try await server.login("fan1")
            await server.delete("/v1/posts/\(post)/like", as: first)
            #expect(try await server.notifications(of: cast.alice).first?["actors_count"] == .number(Double(crowd - 1)))
        }
    }

    @Test("an account has so many groups, and the oldest give way")
    func groupsMax() async throws {
        try await TestServer.run { server in
            let recipient: Int64 = 1 << 22
            func tell(_ subjects: Range<Int64>) async throws {
                try await server.database.write { store in
                    var book = NotificationBook(store: store, now: 1_700_000_000_000)
                    for subject in subjects {
                        let fact = NotificationFact(.reaction, to: recipient, about: subject, by: 7)
                        try book.add([fact], to: fact.group) { _ in 1 }
                    }
                    try book.close()
                }
            }
            let max = Int64(Limits.notificationGroupsMax)
            try await tell(0..<max)
            try await tell(max..<max + 3)
            for table in ["notifications", "notification_groups"] {
                #expect(try await server.count("SELECT count(*) FROM \(table)") == max)
                #expect(try await server.count("SELECT min(subject_id) FROM \(table)") == 3)
            }
        }
    }

    @Test("pages do not overlap, and end")
    func paging() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            for number in 1...5 {
                try await server.publish("@alice \(number)", by: cast.bob)
                try await server.notifications(of: cast.alice)
            }
            var seen: [String] = []
            var cursor = ""
            repeat {
                let page = await server.get("/v1/notifications?limit=2\(cursor)", as: cast.alice).json
                seen += page["notifications"].array.compactMap { $0["post"]["content"].string }
                cursor = page["next_cursor"].string.map { "&cursor=\($0)" } ?? ""
            } while !cursor.isEmpty
            #expect(seen == (1...5).reversed().map { "@alice \($0)" })
        }
    }
}
