import Core
import Posts
import SQL
import Testing

@testable import HTTPAPI

@Suite("Polls", .timeLimit(.minutes(10)))
struct PollRouteTests {
    @Test("votes are counted exactly, and one's own are there at once, wherever the post is")
    func voting() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.bob, cast.alice)
            let post = await server.ask(TestServer.poll(#","multiple":true"#), by: cast.alice)
            #expect(await server.counts(post, as: nil) == [0, 0, 0, 0])
            let answer = await server.vote("2,0", in: post, by: cast.bob)
            #expect(answer.status == 200)
            #expect(answer.json["poll"]["choices"] == .list([.number(0), .number(2)]))
            _ = await server.vote("2", in: post, by: cast.carol)
            try await server.drained()
            #expect(await server.counts(post, as: nil) == [1, 0, 2, 2])
            for target in ["/v1/feed", "/v1/feed", "/v1/users/\(cast.alice.id)/posts"] {
                let poll = await server.get(target, as: cast.bob).json["posts"][0]["poll"]
                #expect(poll["options"].array.map { $0["text"].string } == ["Tea", "Coffee", "Milk"])
                #expect(poll["choices"] == .list([.number(0), .number(2)]), "\(target)")
                #expect(poll["voted"] == .bool(true))
                #expect(poll["closed"] == .bool(false))
            }
            #expect(await server.get("/v1/posts/\(post)", as: cast.dan).json["poll"]["voted"] == .bool(false))
        }
    }

    @Test("a vote stays as it is, and a poll of one choice takes one")
    func once() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = await server.ask(by: cast.alice)
            for choices in ["", "3", "-1", "0,1", "0,0", "1.5", #""0""#, "null", "9223372036854775807"] {
                #expect(
                    await server.vote(choices, in: post, by: cast.bob).json["field"] == .text("choices"), "\(choices)")
            }
            #expect(await server.vote("1", in: post, by: cast.bob).status == 200)
            #expect(await server.vote("1", in: post, by: cast.bob).status == 200)
            #expect(await server.vote("2", in: post, by: cast.bob).problem == "already-voted")
            try await server.drained()
            #expect(await server.counts(post, as: nil) == [0, 1, 0, 1])
        }
    }

    @Test("of votes that one account casts at once, one counts; of many accounts', all do")
    func races() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = await server.ask(by: cast.alice)
            var crowd: [Person] = []
            for number in 1...20 { crowd.append(try await server.register("fan\(number)")) }
            let accepted = await withTaskGroup(of: (Int, Int).self) { group in
                for fan in crowd { group.addTask { (await server.vote("2", in: post, by: fan).status, 2) } }
                for number in 0..<30 {
                    group.addTask {
                        (await server.vote("\(number % 2)", in: post, by: cast.bob).status, number % 2)
                    }
                }
                return await group.reduce(into: [Int: Int]()) { if $1.0 == 200 { $0[$1.1, default: 0] += 1 } }
            }
            try await server.drained()
            #expect(accepted[2] == 20)
            // The same again is fine, so several of bob's may be; but all of one choice.
            #expect((accepted[0] == nil) != (accepted[1] == nil))
            let (tea, coffee) = accepted[0] == nil ? (0.0, 1.0) : (1.0, 0.0)
            #expect(await server.counts(post, as: nil) == [tea, coffee, 20, 21])
            #expect(try await server.count("SELECT count(*) FROM poll_votes") == 21)
        }
    }

    @Test(
        "what is no poll is refused",
        arguments: [
            #"{"options":["a","b"]}"#, #"{"expires_in":600}"#, #"{"options":["a"],"expires_in":600}"#,
            #"{"options":["a","b","c","d","e"],"expires_in":600}"#, #"{"options":["a","a"],"expires_in":600}"#,
            #"{"options":["Tea","TEA"],"expires_in":600}"#, #"{"options":["Tea"," Tea "],"expires_in":600}"#,
            #"{"options":["Iced tea","iced  Tea"],"expires_in":600}"#,
            #"{"options":["straße","STRASSE"],"expires_in":600}"#,
            #"{"options":["Te\u200Ba","Tea"],"expires_in":600}"#,
            #"{"options":["caf\u00e9","cafe\u0301"],"expires_in":600}"#,
            #"{"options":["a","\u200b"],"expires_in":600}"#, #"{"options":["a","\u2800"],"expires_in":600}"#,
            #"{"options":["a","\u202ebc"],"expires_in":600}"#,
            #"{"options":["a"," "],"expires_in":600}"#, #"{"options":["a","b\nc"],"expires_in":600}"#,
            #"{"options":["a","b\u0000"],"expires_in":600}"#, #"{"options":["a",1],"expires_in":600}"#,
            #"{"options":["a",["b"]],"expires_in":600}"#, #"{"options":"ab","expires_in":600}"#,
            #"{"options":["a","b"],"expires_in":299}"#, #"{"options":["a","b"],"expires_in":2592001}"#,
            #"{"options":["a","b"],"expires_in":600.5}"#, #"{"options":["a","b"],"expires_in":"600"}"#,
            #"{"options":["a","b"],"expires_in":1e400}"#, #"{"options":["a","b"],"expires_in":99999999999999999999}"#,
            #"{"options":["a","b"],"expires_in":600,"multiple":1}"#,
            #"{"options":["a","b"],"expires_in":600,"hide_totals":"yes"}"#, "[]", "true", #""poll""#,
            #"{"options":["a","\#(String(repeating: "b", count: 81))"],"expires_in":600}"#,
        ])
    func bounds(poll: String) async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let answer = await server.post("/v1/posts", as: alice, #"{"content":"What?","poll":\#(poll)}"#)
            #expect(answer.status == 422)
            #expect(answer.json["field"] == .text("poll"))
            #expect(try await server.count("SELECT count(*) FROM posts") == 0)
        }
    }

    @Test("only those who see a post vote in it, and a post without a poll takes no votes")
    func audience() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let plain = try await server.publish("hello", by: cast.alice)
            #expect(await server.vote("0", in: plain, by: cast.bob).status == 404)
            let post = await server.ask(
                #"{"content":"?","visibility":"followers","poll":{"options":["a","b"],"expires_in":600}}"#,
                by: cast.alice)
            #expect(await server.vote("0", in: post, by: cast.bob).status == 404)
            #expect(await server.vote("not json", in: post, by: cast.bob).status == 404)
            try await server.follow(cast.bob, cast.alice)
            #expect(await server.vote("0", in: post, by: cast.bob).status == 200)
        }
    }

    @Test("the votes of an account go with it")
    func erasure() async throws {
        try await TestServer.run(TestServer.Options(deletionGrace: .zero)) { server in
            let cast = try await server.cast()
            let post = await server.ask(by: cast.alice)
            for person in [cast.bob, cast.carol] { _ = await server.vote("0", in: post, by: person) }
            #expect(await server.leave(cast.bob).status == 202)
            try await server.eraseDue()
            #expect(await server.counts(post, as: nil) == [1, 0, 0, 1])
            #expect(try await server.count("SELECT count(*) FROM poll_votes") == 1)
        }
    }
}
