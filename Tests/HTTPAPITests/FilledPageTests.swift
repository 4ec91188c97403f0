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
}
