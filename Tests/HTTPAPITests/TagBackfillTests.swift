import Core
import Logging
import Posts
import SQL
import Testing

@testable import HTTPAPI

@Suite("Hashtags of old posts", .timeLimit(.minutes(10)))
struct TagBackfillTests {
    private func backfill(_ server: TestServer) async throws {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        try await TagBackfill(database: server.database, clock: server.clock.wall, logger: logger).finish()
    }

    private func progress(_ server: TestServer) async throws -> Int64 {
        Int64(try await server.count("SELECT lines_done FROM import_progress WHERE source = 'hashtags-1'"))
    }

    @Test("posts without rows are found by their tags once it has run, in pieces; then it is done for good")
    func old() async throws {
        try await TestServer.run { server in
            let cast = try await server.cast()
            let count = 1_203
            for number in 0..<count {
                try await server.publish("\(number) #Cat\(number % 2 == 0 ? " #dog" : "")", by: cast.alice)
            }
            let deleted = try await server.publish("gone #cat", by: cast.alice)
            await server.delete("/v1/posts/\(deleted)", as: cast.alice)
            try await server.publish("#cat for a few", by: cast.bob, visibility: "followers")
            let before = try await server.count("SELECT count(*) FROM post_tags")
            _ = try await server.database.write { store in
                try store.execute("DELETE FROM post_tags WHERE position > 0 AND tag = 'cat'", [])
                try store.execute(
                    "INSERT INTO post_tags (tag, position, author_id, visibility) VALUES ('x', 1, 1, 0)", [])
            }
            #expect(await server.contents("/v1/tags/cat/posts") == [])
            try await backfill(server)
            #expect(try await server.count("SELECT count(*) FROM post_tags") == before)
            #expect(try await server.count("SELECT count(*) FROM post_tags WHERE visibility = 1") == 1)
            #expect(await server.contents("/v1/tags/cat/posts?limit=1") == ["\(count - 1) #Cat #dog"])
            #expect(try await progress(server) == .max)
            _ = try await server.database.write { try $0.execute("DELETE FROM post_tags", []) }
            try await backfill(server)
            #expect(try await server.count("SELECT count(*) FROM post_tags") == 0)
        }
    }

    @Test("it goes on where it was stopped")
    func stopped() async throws {
        try await TestServer.run { server in
            let alice = try await server.register("alice")
            let first = try #require(Int64(try await server.publish("#cat one", by: alice)))
            try await server.publish("#cat two", by: alice)
            _ = try await server.database.write { store in
                try store.execute("DELETE FROM post_tags", [])
                try store.execute(
                    "INSERT INTO import_progress (source, lines_done, updated_at) VALUES ('hashtags-1', $1, 0)",
                    [.integer(first)])
            }
            try await backfill(server)
            #expect(await server.contents("/v1/tags/cat/posts") == ["#cat two"])
        }
    }
}
