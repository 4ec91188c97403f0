import Accounts
import Core
import EventLog
import Logging
import Posts
import SQL
import TestSupport
import Testing

@testable import Starling

/// Stores that were written by an older Starling, and what its successor makes of them.
@Suite("Migrations of stores that have something in them")
struct MigrationBackfillTests {
    private func store(_ folder: TemporaryFolder, before name: String, _ rows: [String]) async throws -> SQLiteDatabase
    {
        let database = try SQLiteDatabase(path: folder.file("old.db"))
        try await Migrator(Node.migrations.filter { $0.name < name }).migrate(database)
        _ = try await database.write { store in for row in rows { try store.execute(row, []) } }
        return database
    }

    private static func posts(_ rows: [(id: Int, author: Int, state: Int, visibility: Int, parent: Int?)]) -> String {
        "INSERT INTO posts (id, bucket, author_id, position, state, visibility, content, created_at, reply_to, reply_to_author, root_id, depth) VALUES "
            + rows.map { row in
                let parent = row.parent.map { "\($0), 1, 100, 1" } ?? "NULL, NULL, NULL, 0"
                return
                    "(\(row.id), 0, \(row.author), \(row.id), \(row.state), \(row.visibility), '#Cat \(row.id)', 1, \(parent))"
            }.joined(separator: ", ")
    }

    /// Alice (1) wrote 100; 101 to 105 answer it, 106 answers 101. 3 is suspended, 4 private.
    private static let rows = [
        "INSERT INTO users (id, username, display_name, created_at, state, is_private) VALUES (1, 'a', 'A', 1, 0, 0), (2, 'b', 'B', 1, 0, 0), (3, 'c', 'C', 1, 1, 0), (4, 'd', 'D', 1, 0, 1)",
        posts([
            (100, 1, 3, 0, nil), (101, 2, 3, 0, 100), (102, 2, 5, 0, 100), (103, 2, 3, 1, 100), (104, 3, 3, 0, 100),
            (105, 4, 3, 0, 100), (106, 2, 3, 0, 101),
        ]),
        "INSERT INTO post_counters (post_id, likes, comments) VALUES (100, 2, 5), (101, 7, 1)",
    ]

    @Test("replies from before the list of comments are on it, with their likes")
    func replies() async throws {
        let database = try await store(TemporaryFolder(), before: "0020", Self.rows)
        try await Migrator(Node.migrations).migrate(database)
        let listed = try await database.read { store in
            try store.query("SELECT post_id, position, likes, bucket FROM replies ORDER BY position", []) {
                [$0.int64(0), $0.int64(1), $0.int64(2), $0.int64(3)]
            }
        }
        #expect(
            listed == [[100, 101, 7, 0], [100, 103, 0, 0], [100, 104, 0, 0], [100, 105, 0, 0], [101, 106, 0, 0]])
        try await database.close()
    }

    @Test("deleted comments get their places back where something is below them")
    func places() async throws {
        // Below 102, which is deleted, a removed one hangs, and below that one that is there; 109 has nothing below it.
        let chain = Self.posts([
            (107, 2, 4, 0, 102), (108, 2, 3, 0, 107), (109, 2, 5, 0, 100),
        ])
        let counters = "INSERT INTO post_counters (post_id, likes, comments) VALUES (102, 3, 1)"
        let listed =
            "INSERT INTO replies (bucket, post_id, position) SELECT 0, reply_to, position FROM posts WHERE reply_to > 0 AND state = 3"
        let database = try await store(TemporaryFolder(), before: "0100", Self.rows + [chain, counters, listed])
        let sql = "SELECT post_id, position, likes FROM replies ORDER BY position"
        func places() async throws -> [[Int64]] {
            try await database.read { store in
                try store.query(sql, []) { [$0.int64(0), $0.int64(1), $0.int64(2)] }
            }
        }
        let before = try await places()
        try await Migrator(Node.migrations).migrate(database)
        #expect(try await places().filter { !before.contains($0) } == [[100, 102, 3], [102, 107, 0]])
        #expect(try await places().count == before.count + 2)
        try await database.close()
    }

    @Test("comments are counted as they are from now on, and events from before count nothing twice")
    func counted() async throws {
        let database = try await store(TemporaryFolder(), before: "0080", Self.rows)
        try await Migrator(Node.migrations).migrate(database)
        func counts() async throws -> [Int64] {
            try await database.read { store in
                try store.query("SELECT comments FROM post_counters ORDER BY post_id", []) { $0.int64(0) }
            }
        }
        #expect(try await counts() == [2, 1])
        _ = try await database.write { store in
            let event = Event(.postPublished, key: 2, subject: 101, object: 1, position: 101, occurredAt: 1)
            try PostCountersConsumer().handle([event], in: store)
        }
        #expect(try await counts() == [2, 1])
        try await database.close()
    }

    @Test("hashtags of posts from before their table are found, and former keys are folded")
    func hashtags() async throws {
        let tags = [
            "INSERT INTO post_tags (tag, position, author_id, visibility) VALUES ('ısparta', 7, 1, 0), ('isparta', 8, 1, 0), ('i\u{307}zmir', 7, 1, 0)",
            "INSERT INTO tag_follows (account_id, tag, followed_at) VALUES (1, 'ısparta', 5), (1, 'isparta', 6), (2, 'ısparta', 7)",
        ]
        let database = try await store(TemporaryFolder(), before: "0080", Self.rows + tags)
        try await Migrator(Node.migrations).migrate(database)
        func text(_ sql: String) async throws -> [String] {
            try await database.read { store in try store.query(sql, []) { $0.text(0) } }
        }
        let keys = "SELECT tag || ' ' || position FROM post_tags ORDER BY position, tag"
        #expect(try await text(keys) == ["isparta 7", "izmir 7", "isparta 8"])
        #expect(
            try await text("SELECT account_id || ' ' || tag FROM tag_follows ORDER BY 1") == ["1 isparta", "2 isparta"])
        try await TagBackfill(database: database, clock: .system, logger: Logger(label: "test")).finish()
        #expect(try await text(keys) == [100, 101, 103, 104, 105, 106].map { "cat \($0)" })
        try await database.close()
    }
}
