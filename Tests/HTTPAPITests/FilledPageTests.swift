import Testing

@testable import HTTPAPI

/// Where a page begins is an id, so no page begins with what its reader may not see.
@Suite("Pages of lists of which much is hidden", .timeLimit(.minutes(5)))
struct FilledPageTests {
    @Test("an author's comments in a thread for few leave no trace in the pages of strangers")
    func profile() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            try await server.follow(cast.carol, cast.alice)
            let root = await server.post(
                "/v1/posts", as: cast.alice, #"{"content":"for few","visibility":"followers"}"#
            ).json["post_id"].string
            let closed = try #require(root)
            var open: [String] = []
            for number in 0..<4 {
                open.append(try await server.publish("open #talk \(number)", by: cast.carol))
                for _ in 0..<3 { _ = try await server.publish("closed #talk", by: cast.carol, replyTo: closed) }
            }
            for path in ["/v1/users/\(cast.carol.id)/posts?replies=true", "/v1/tags/talk/posts?"] {
                var found: [String] = []
                var cursor: String? = ""
                while let place = cursor {
                    let suffix = place.isEmpty ? "" : "&cursor=\(place)"
                    let page = await server.get("\(path)&limit=1\(suffix)", as: cast.dan).json
                    let posts = page["posts"].array.compactMap { $0["post_id"].string }
                    cursor = page["next_cursor"].string
                    // One that tells where the next begins has something to show there.
                    #expect(!posts.isEmpty || cursor == nil)
                    found += posts
                }
                #expect(found == open.reversed())
            }
        }
    }

    @Test("comments that are not for a reader leave no trace in the pages", arguments: ["newest", "oldest", "top"])
    func comments(sort: String) async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let root = try await server.publish("root", by: cast.alice)
            var open: [String] = []
            for number in 0..<4 {
                open.append(try await server.publish("open \(number)", by: cast.carol, replyTo: root))
                for _ in 0..<6 {
                    _ = try await server.publish("closed", by: cast.carol, visibility: "private", replyTo: root)
                }
            }
            // One keeps its place.
            _ = try await server.publish("below", by: cast.carol, replyTo: open[1])
            await server.delete("/v1/comments/\(open[1])", as: cast.carol)
            try await server.drained()
            for limit in [1, 2, 3] {
                let found = try await pages(
                    "/v1/posts/\(root)/comments?sort=\(sort)&limit=\(limit)", "comments", "comment_id", as: cast.dan,
                    server)
                #expect(found.flatMap(\.self) == (sort == "oldest" ? open : open.reversed()))
                #expect(found.dropLast().allSatisfy { $0.count == limit })
            }
        }
    }

    @Test("accounts that are kept from a reader leave no trace in the pages of lists of accounts")
    func accounts() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let post = try await server.publish("hello", by: cast.alice)
            var shown: [String] = []
            for number in 0..<9 {
                let person = try await server.register("fan\(number)")
                try await server.follow(person, cast.alice)
                await server.post("/v1/posts/\(post)/like", as: person)
                await server.post("/v1/posts/\(post)/share", as: person)
                guard number % 4 > 0 else {
                    shown.append(person.id)
                    continue
                }
                await server.post("/v1/users/\(cast.dan.id)/block", as: person)
            }
            for path in ["/v1/posts/\(post)/shares", "/v1/users/\(cast.alice.id)/followers"] {
                let found = try await pages("\(path)?limit=1", "users", "user_id", as: cast.dan, server)
                #expect(found == shown.reversed().map { [$0] }, "\(path)")
            }
            let likes = try await pages("/v1/posts/\(post)/likes?limit=1", "users", "user", as: cast.dan, server) {
                $0["user_id"].string
            }
            #expect(likes == shown.reversed().map { [$0] })
        }
    }

    private func pages(
        _ target: String, _ list: String, _ name: String, as person: Person, _ server: TestServer,
        value: (JSON) -> String? = { $0.string }
    ) async throws -> [[String]] {
        var pages: [[String]] = []
        var cursor = ""
        repeat {
            let answer = await server.get("\(target)\(cursor)", as: person).json
            pages.append(answer[list].array.compactMap { value($0[name]) })
            cursor = answer["next_cursor"].string.map { "&cursor=\($0)" } ?? ""
            try #require(pages.count < 50)
        } while !cursor.isEmpty
        // One that tells where the next begins has something to show there.
        return pages.last?.isEmpty == true ? pages.dropLast() : pages
    }
}
