import Core
import HTTPTypes
import SQL
import SocialGraph
import Testing

@testable import HTTPAPI

@Suite("Lists", .timeLimit(.minutes(10)))
struct ListRouteTests {
    @Test("a list is made, changed, found and deleted, by its owner alone")
    func lists() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.alice, cast.bob)
            let made = await server.post("/v1/lists", as: cast.alice, #"{"title":"Friends é"}"#)
            #expect(made.status == 201)
            #expect(made.json["exclusive"] == .bool(false))
            #expect(made.json["replies"] == .text("followed"))
            let path = "/v1/lists/" + (made.json["list_id"].string ?? "")
            let changed = await server.put(path, as: cast.alice, #"{"exclusive":true,"replies":"none"}"#)
            #expect(changed.json["title"] == .text("Friends é"))
            #expect(changed.json["exclusive"] == .bool(true))
            await server.post("\(path)/members", as: cast.alice, Self.members(cast.bob))
            #expect(await server.get(path, as: cast.alice).json["members_count"] == .number(1))
            for (method, target, body) in Self.requests(path, cast.bob) {
                let answer = await server.send(Call(method, target, as: cast.bob.token, body))
                #expect(answer.status == 404, "\(method) \(target)")
            }
            #expect(await server.get("/v1/lists", as: cast.bob).json["lists"] == .list([]))
            #expect(await server.usernames("\(path)/members", as: cast.alice) == ["bob"])
            #expect(await server.delete(path, as: cast.alice).status == 204)
            #expect(await server.get(path, as: cast.alice).status == 404)
            #expect(await server.get("\(path)/feed", as: cast.alice).status == 404)
            #expect(try await server.count("SELECT count(*) FROM list_members") == 0)
        }
    }

    @Test("lists and members come in pages, the newest first")
    func paging() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            var lists: [String] = []
            for number in 0..<5 { lists.append(try await server.makeList("list \(number)", by: alice)) }
            var titles: [String] = []
            var query = "?limit=2"
            for _ in 0..<3 {
                let page = await server.get("/v1/lists\(query)", as: alice).json
                titles += page["lists"].array.compactMap { $0["title"].string }
                query = "?limit=2&cursor=" + (page["next_cursor"].string ?? "")
            }
            #expect(titles == (0..<5).reversed().map { "list \($0)" })
            #expect(await server.get("/v1/lists?member=me", as: alice).json["field"] == .text("member"))
            var names: [String] = []
            for number in 0..<3 {
                let member = try await server.register("member\(number)")
                try await server.follow(alice, member)
                await server.post("\(lists[0])/members", as: alice, Self.members(member))
            }
            let first = await server.get("\(lists[0])/members?limit=2", as: alice).json
            names += first["users"].array.compactMap { $0["username"].string }
            let rest = "?limit=2&cursor=" + (first["next_cursor"].string ?? "")
            names += await server.usernames("\(lists[0])/members\(rest)", as: alice)
            #expect(names == ["member2", "member1", "member0"])
            let member = first["users"].array.first?["user_id"].string ?? ""
            let with = await server.get("/v1/lists?member=\(member)", as: alice).json["lists"].array
            #expect(with.map { $0["title"] } == [.text("list 0")])
            #expect(await server.get("/v1/lists?member=\(alice.id)", as: alice).json["lists"] == .list([]))
        }
    }

    @Test("only those whom the owner follows are on a list, all of a request or none")
    func membership() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let list = try await server.makeList("Friends", by: cast.alice)
            for person in [cast.bob, cast.carol] { try await server.follow(cast.alice, person) }
            for accounts in [[cast.bob, cast.dan], [cast.bob, cast.alice], [cast.dan]] {
                let refused = await server.post("\(list)/members", as: cast.alice, Self.members(accounts))
                #expect(refused.status == 422)
                #expect(refused.json["field"] == .text("user_ids"))
            }
            #expect(await server.usernames("\(list)/members", as: cast.alice) == [])
            for _ in 0..<2 {
                let both = Self.members([cast.bob, cast.carol, cast.bob])
                let added = await server.post("\(list)/members", as: cast.alice, both)
                #expect(added.json["members_count"] == .number(2))
            }
            await server.delete("/v1/users/\(cast.bob.id)/follow", as: cast.alice)
            #expect(await server.usernames("\(list)/members", as: cast.alice) == ["carol"])
            try await server.follow(cast.alice, cast.bob)
            #expect(await server.usernames("\(list)/members", as: cast.alice) == ["carol"])
            await server.post("/v1/users/\(cast.alice.id)/block", as: cast.carol)
            #expect(await server.usernames("\(list)/members", as: cast.alice) == [])
            #expect(await server.get(list, as: cast.alice).json["members_count"] == .number(0))
            let gone = await server.delete("\(list)/members/\(cast.carol.id)", as: cast.alice)
            #expect(gone.status == 404)
        }
    }

    @Test(
        "what cannot be a list is refused",
        arguments: [
            ("{}", "title"), (#"{"title":" "}"#, "title"), (#"{"title":"a\u0007"}"#, "title"),
            (#"{"title":"\#(String(repeating: "a", count: 101))"}"#, "title"), (#"{"title":7}"#, "title"),
            (#"{"title":"a","exclusive":"yes"}"#, "exclusive"), (#"{"title":"a","replies":"all"}"#, "replies"),
        ])
    func refused(body: String, field: String) async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let answer = await server.post("/v1/lists", as: alice, body)
            #expect(answer.status == 422)
            #expect(answer.json["field"] == .text(field))
        }
    }

    @Test("an account has so many lists, of so many accounts, and takes so many at once")
    func bounds() async throws {
        try await TestServer.run { server in
            let (alice, bob) = (try await server.register("alice"), try await server.register("bob"))
            try await server.follow(alice, bob)
            var list = ""
            for number in 1...Limits.listsMax { list = try await server.makeList("list \(number)", by: alice) }
            #expect(await server.post("/v1/lists", as: alice, #"{"title":"more"}"#).problem == "limit-reached")
            let crowd = (1...Limits.listMembersAtOnceMax + 1).map { "\"\($0)\"" }.joined(separator: ",")
            for ids in [crowd, ""] {
                let answer = await server.post("\(list)/members", as: alice, "{\"user_ids\":[\(ids)]}")
                #expect(answer.json["field"] == .text("user_ids"))
            }
            let id = list.dropFirst("/v1/lists/".count)
            try await server.database.write { store in
                for number in 1...Limits.listMembersMax {
                    try store.execute(
                        """
                        INSERT INTO list_members (account_id, list_id, member_id, membership_id)
                        VALUES (\(alice.id), \(id), $1, $1)
                        """, [.integer(Int64(number))])
                }
            }
            let full = await server.post("\(list)/members", as: alice, Self.members(bob))
            #expect(full.problem == "limit-reached")
            #expect(try await server.count("SELECT count(*) FROM list_members") == Int64(Limits.listMembersMax))
        }
    }

    @Test("lists and memberships go with their accounts")
    func erasure() async throws {
        try await TestServer.run(TestServer.Options(deletionGrace: .zero)) { server in
            let cast = try await server.cast()
            for person in [cast.bob, cast.carol] { try await server.follow(cast.alice, person) }
            let list = try await server.makeList("Friends", by: cast.alice)
            await server.post("\(list)/members", as: cast.alice, Self.members([cast.bob, cast.carol]))
            await server.leave(cast.bob)
            #expect(await server.usernames("\(list)/members", as: cast.alice) == ["carol"])
            try await server.eraseDue()
            #expect(try await server.count("SELECT count(*) FROM list_members") == 1)
            await server.leave(cast.alice)
            try await server.eraseDue()
            for table in ["lists", "list_members"] {
                #expect(try await server.count("SELECT count(*) FROM \(table)") == 0, "\(table)")
            }
        }
    }

    static func members(_ person: Person) -> String { members([person]) }

    static func members(_ people: [Person]) -> String {
        "{\"user_ids\":[" + people.map { "\"\($0.id)\"" }.joined(separator: ",") + "]}"
    }
}

extension ListRouteTests {
    fileprivate static func requests(
        _ path: String, _ member: Person
    ) -> [(HTTPRequest.Method, String, String?)] {
        [
            (.get, path, nil), (.put, path, #"{"title":"mine"}"#), (.delete, path, nil), (.get, "\(path)/feed", nil),
            (.get, "\(path)/members", nil), (.post, "\(path)/members", members(member)),
            (.delete, "\(path)/members/\(member.id)", nil),
        ]
    }
}

extension TestServer {
    /// - Returns: the path of the new list.
    func makeList(_ title: String, by owner: Person, _ more: String = "") async throws -> String {
        let answer = await post("/v1/lists", as: owner, "{\"title\":\(Self.quoted(title))\(more)}")
        try #require(answer.status == 201, "\(answer.text)")
        return "/v1/lists/" + (try #require(answer.json["list_id"].string))
    }
}
