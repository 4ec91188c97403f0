import Accounts
import Core
import Posts
import SQL
import Testing

@testable import Starling

/// Imported posts take places in the past, which someone may have asked for before.
@Suite("Imported places")
struct ImportedPlaceTests {
    private static let writtenAt: Int64 = 1_600_000_000_000

    @Test("a place that was found empty is not empty for ever")
    func emptyPlace() async throws {
        try await LiveNode.run { live in
            let alice = try await live.account("alice")
            // Every place of the moment, as each is also what an id could be.
            for low in 0..<4_096 {
                let place = Snowflake(unixMilliseconds: Self.writtenAt, bucket: alice.bucket, low: low)
                await #expect(throws: PostsError.self) {
                    try await live.posts.post(ID(place.rawValue), viewer: alice)
                }
            }
            let post = ImportedPost(author: alice, content: "old", writtenAt: Self.writtenAt)
            _ = try await live.posts.importPosts([post], checkpoint: ImportCheckpoint(source: "test", linesDone: 1))
            try await live.drained()
            #expect(try await live.home(of: alice, pageSize: 20).count == 1)
        }
    }
}
