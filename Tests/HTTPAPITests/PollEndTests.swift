import Core
import Posts
import SQL
import Testing

@testable import HTTPAPI

@Suite("Ends of polls", .timeLimit(.minutes(10)))
struct PollEndTests {
    @Test("counts that are hidden are shown to those who voted, and to everyone at the end")
    func hiddenTotals() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = await server.ask(TestServer.poll(#","hide_totals":true"#), by: cast.alice)
            _ = await server.vote("0", in: post, by: cast.bob)
            try await server.drained()
            for viewer in [nil, cast.alice, cast.carol] {
                #expect(await server.counts(post, as: viewer) == [nil, nil, nil, nil])
            }
            #expect(await server.counts(post, as: cast.bob) == [1, 0, 0, 1])
            server.clock.advance(by: .seconds(601))
            try await server.closePolls()
            #expect(await server.counts(post, as: nil) == [1, 0, 0, 1])
        }
    }

    @Test("a poll ends at its time, once, and its author and those who voted hear of it")
    func closing() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = await server.ask(by: cast.alice)
            for person in [cast.bob, cast.carol] { _ = await server.vote("0", in: post, by: person) }
            try await server.closePolls()
            #expect(await server.get("/v1/posts/\(post)").json["poll"]["closed"] == .bool(false))
            await server.post("/v1/users/\(cast.alice.id)/mute", as: cast.carol)
            server.clock.advance(by: .seconds(600))
            #expect(await server.vote("0", in: post, by: cast.dan).problem == "poll-closed")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { try await server.closePolls() } }
                try await group.waitForAll()
            }
            #expect(await server.get("/v1/posts/\(post)").json["poll"]["closed"] == .bool(true))
            server.clock.advance(by: .seconds(5))
            try await server.closePolls()
            let told = try await server.notifications(of: cast.alice)
            #expect(told.map(\.line) == ["poll_ended by nobody"])
            #expect(told.first?["post_id"] == .text(post))
            #expect(try await server.notifications(of: cast.bob).map(\.line) == ["poll_ended by alice"])
            #expect(try await server.notifications(of: cast.carol) == [])
            #expect(try await server.notifications(of: cast.dan) == [])
            try await server.closePolls()
            #expect(try await server.count("SELECT count(*) FROM outbox WHERE kind = 16") == 2)
            #expect(await server.vote("0", in: post, by: cast.bob).status == 200)
            #expect(await server.vote("1", in: post, by: cast.bob).problem == "already-voted")
            #expect(await server.vote("1", in: post, by: cast.dan).problem == "poll-closed")
            // Who may not see the post any more hears nothing of it.
            await server.put("/v1/posts/\(post)", as: cast.alice, #"{"content":"What?","visibility":"private"}"#)
            #expect(await server.get("/v1/notifications", as: cast.bob).json["notifications"] == .list([]))
            #expect(try await server.notifications(of: cast.alice).count == 1)
        }
    }

    @Test("all who voted hear of the end, however many they are")
    func crowd() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = await server.ask(by: cast.alice)
            let count = Limits.pollVotersTold * 2
            _ = try await server.database.write { store in
                let numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))"
                try store.execute(
                    numbers
                        + " INSERT INTO users (id, username, display_name, created_at) SELECT i, 'fan' || i, '', 0 FROM n",
                    [])
                try store.execute(
                    numbers
                        + " INSERT INTO poll_votes (bucket, post_id, account_id, choices) SELECT (\(post) >> 12) & 1023, \(post), i, 1 FROM n",
                    [])
            }
            server.clock.advance(by: .seconds(610))
            try await server.closePolls()
            #expect(try await server.count("SELECT count(*) FROM notifications WHERE kind = 8") == Int64(count) + 1)
            #expect(try await server.count("SELECT count(*) FROM polls WHERE stage = 2") == 1)
        }
    }

    @Test("an edit leaves a poll as it is, and a deletion ends it")
    func changes() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = await server.ask(by: cast.alice)
            _ = await server.vote("0", in: post, by: cast.bob)
            let path = "/v1/posts/\(post)"
            let edit = #"{"content":"Which?","poll":{"options":["x","y"],"expires_in":900}}"#
            #expect(await server.put(path, as: cast.alice, edit).json["field"].string == "poll")
            let edited = await server.put(path, as: cast.alice, #"{"content":"Which?"}"#).json["poll"]
            #expect(edited["options"].array.map { $0["text"].string } == ["Tea", "Coffee", "Milk"])
            try await server.drained()
            #expect(await server.counts(post, as: nil) == [1, 0, 0, 1])
            await server.delete(path, as: cast.alice)
            #expect(await server.vote("0", in: post, by: cast.carol).status == 404)
            server.clock.advance(by: .seconds(610))
            try await server.closePolls()
            #expect(try await server.notifications(of: cast.bob) == [])
            #expect(try await server.count("SELECT count(*) FROM polls") == 0)
        }
    }
}

extension TestServer {
    static func poll(_ more: String = "", options: String = #"["Tea","Coffee","Milk"]"#) -> String {
        #"{"content":"What?","poll":{"options":\#(options),"expires_in":600\#(more)}}"#
    }

    func ask(_ body: String = poll(), by author: Person) async -> String {
        await post("/v1/posts", as: author, body).json["post_id"].string ?? ""
    }

    func vote(_ choices: String, in id: String, by voter: Person) async -> Answer {
        await post("/v1/posts/\(id)/votes", as: voter, #"{"choices":[\#(choices)]}"#)
    }

    func counts(_ post: String, as viewer: Person?) async -> [Double?] {
        let poll = await get("/v1/posts/\(post)", as: viewer).json["poll"]
        return poll["options"].array.map { $0["votes_count"].number } + [poll["voters_count"].number]
    }
}
