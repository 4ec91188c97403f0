import Testing

@testable import HTTPAPI

@Suite("Paging")
struct PagingTests {
    /// All pages of a list, each by one name of its elements.
    private func pages(
        _ target: String, _ list: String, _ name: String, as person: Person?, _ server: TestServer,
        between: () async throws -> Void = {}
    ) async throws -> [[String]] {
        var pages: [[String]] = []
        var cursor = ""
        while pages.count < 50 {
            let answer = await server.get("\(target)\(cursor)", as: person)
            try #require(answer.status == 200, "\(answer.text)")
            pages.append(answer.json[list].array.compactMap { $0[name].string })
            guard let next = answer.json["next_cursor"].string else { break }
            cursor = "&cursor=\(next)"
            try await between()
        }
        return pages
    }

    @Test("feeds and lists of posts page by every size", arguments: [1, 2, 3, 6, 7, 8, 100])
    func sizes(limit: Int) async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.alice, cast.bob)
            for number in 1...7 { try await server.publish("\(number)", by: cast.bob) }
            try await server.drained()
            let expected = (1...7).reversed().map(String.init)
            for target in ["/v1/feed?limit=\(limit)", "/v1/users/\(cast.bob.id)/posts?page_size=\(limit)"] {
                let found = try await pages(target, "posts", "content", as: cast.alice, server)
                #expect(found.flatMap(\.self) == expected)
                #expect(found.dropLast().allSatisfy { $0.count == limit })
                #expect(found.last?.isEmpty == false)
            }
        }
    }

    @Test("lists of accounts page, newest first", arguments: [1, 2, 4, 5, 6])
    func accounts(limit: Int) async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            for number in 1...5 {
                let person = try await server.register("u\(number)")
                try await server.follow(person, alice)
                try await server.follow(alice, person)
                await server.post("/v1/users/\(person.id)/mute", as: alice)
            }
            let expected = (1...5).reversed().map { "u\($0)" }
            for list in ["/v1/users/\(alice.id)/followers", "/v1/users/\(alice.id)/following", "/v1/me/mutes"] {
                let found = try await pages("\(list)?limit=\(limit)", "users", "username", as: alice, server)
                #expect(found.flatMap(\.self) == expected)
                #expect(found.count == (5 + limit - 1) / limit)
            }
        }
    }

    @Test("pages do not shift while others post and delete")
    func noShift() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.alice, cast.bob)
            var ids: [String] = []
            for number in 1...9 { ids.append(try await server.publish("\(number)", by: cast.bob)) }
            try await server.drained()
            var deletions = [ids[8], ids[0]]
            let found = try await pages("/v1/feed?limit=2", "posts", "content", as: cast.alice, server) {
                try await server.publish("new", by: cast.bob)
                try await server.publish("mine", by: cast.alice)
                if let id = deletions.popLast() { await server.delete("/v1/posts/\(id)", as: cast.bob) }
                try await server.drained()
            }
            #expect(found.flatMap(\.self) == ["9", "8", "7", "6", "5", "4", "3", "2"])
        }
    }

    @Test("a feed goes on past what its timeline holds, to the very first post")
    func beyond() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.alice, cast.bob)
            for number in 1...900 { try await server.publish("\(number)", by: cast.bob) }
            try await server.drained()
            let found = try await pages("/v1/feed?limit=100", "posts", "content", as: cast.alice, server)
            #expect(found.flatMap(\.self) == (1...900).reversed().map(String.init))
        }
    }

    @Test(
        "a page size is a plain number from 1 to 100",
        arguments: [
            "limit=0", "limit=-1", "limit=101", "limit=1000000000", "limit=", "limit=1e1", "limit=+5", "limit=05",
            "limit=%D9%A3", "limit=9223372036854775808", "limit=5.0", "page_size=0", "page_size=x",
        ])
    func limits(query: String) async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            for target in ["/v1/feed", "/v1/users/\(alice.id)/posts", "/v1/users/\(alice.id)/followers"] {
                let answer = await server.get("\(target)?\(query)", as: alice)
                #expect(answer.status == 422)
                #expect(answer.json["field"] == .text("limit"))
            }
            #expect(await server.get("/v1/feed?limit=5&limit=6", as: alice).status == 400)
        }
    }

    @Test("a cursor belongs to its list")
    func foreignCursors() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            for person in [cast.bob, cast.carol] { try await server.follow(person, cast.alice) }
            for number in 1...2 { try await server.publish("\(number)", by: cast.alice) }
            // `since` tells of what fan-out has handled.
            try await server.drained()
            let lists = [
                "/v1/feed?", "/v1/feed?since=l0&", "/v1/users/\(cast.alice.id)/posts?",
                "/v1/users/\(cast.alice.id)/followers?",
            ]
            for source in lists {
                let answer = await server.get("\(source)limit=1", as: cast.alice)
                let cursor = try #require(answer.json["next_cursor"].string)
                for list in lists {
                    let status = await server.get("\(list)cursor=\(cursor)", as: cast.alice).status
                    #expect(status == (list == source ? 200 : 400), "\(source) → \(list)")
                }
            }
            for cursor in ["", "x", "f", "f-1", "f1-2", "F1", "f01", "fé", "f%00", String(repeating: "f", count: 65)] {
                let target = "/v1/feed?cursor=\(cursor.replacing("é", with: "%C3%A9"))"
                #expect(await server.get(target, as: cast.alice).status == 400, "\(cursor)")
            }
        }
    }
}
