import Accounts
import Core
import Exports
import Logging
import SQL
import TestSupport
import Testing
import Timelines

@testable import Starling

@Suite("The erasure of accounts")
struct ErasureTests {
    private func database(_ folder: TemporaryFolder) async throws -> SQLiteDatabase {
        let database = try SQLiteDatabase(path: folder.file("erasure.db"))
        try await Migrator(Node.migrations).migrate(database)
        return database
    }

    @Test("every table is erased, or kept for a reason")
    func coverage() async throws {
        let database = try await database(TemporaryFolder())
        let tables = try await database.read { store in
            try store.query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'", []) {
                $0.text(0)
            }
        }
        let erased = Set(ErasedTables.steps(.sqlite, .system).flatMap(\.tables).map(\.name))
        #expect(Set(tables).subtracting(erased).subtracting(ErasedTables.kept.keys) == [], "neither erased nor kept")
        #expect(erased.union(ErasedTables.kept.keys).subtracting(tables) == [], "there is no such table")
        #expect(erased.intersection(ErasedTables.kept.keys) == [])
        try await database.close()
    }

    @Test("what is erased with an account is exported before, or left out for a reason")
    func exported() {
        let erased = Set(ErasedTables.steps(.sqlite, .system).flatMap(\.tables).map(\.name))
        let exported = Set(ExportSections.all.flatMap(\.tables))
        #expect(
            erased.subtracting(exported).subtracting(ExportSections.leftOut.keys) == [], "neither exported nor left out"
        )
        #expect(exported.union(ExportSections.leftOut.keys).subtracting(erased) == ["users"])
        #expect(exported.intersection(ExportSections.leftOut.keys) == [])
        let names = ExportSections.all.map(\.name)
        #expect(Set(names).count == names.count)
    }

    @Test("what an account had in each table is gone, counted on its receipt, and others' is still there")
    func erasure() async throws {
        let database = try await database(TemporaryFolder())
        try await database.write { store in for row in Self.rows { try store.execute(row, []) } }
        let tables = ErasedTables.steps(.sqlite, .system).flatMap(\.tables)
        func rows(of account: Int64, _ table: ErasedTable) async throws -> Int64 {
            try await database.read {
                try $0.integer("SELECT count(*) FROM \(table.name) WHERE \(table.condition)", [.integer(account)])
            }
        }
        var others: [ErasedTable: Int64] = [:]
        for table in tables {
            #expect(try await rows(of: 7, table) > 0, "the test has nothing in \(table)")
            others[table] = try await rows(of: 8, table)
        }
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let erasure = AccountErasure(
            database: database, steps: ErasedTables.steps(.sqlite, .system), stores: Self.stores, clock: .system,
            logger: logger)
        #expect(try await erasure.eraseDue() == 1)
        #expect(try await erasure.eraseDue() == 0)
        let receipt = try await database.read { store in
            try store.query("SELECT store FROM deletion_receipts WHERE account_id = 7 AND count > 0", []) { $0.text(0) }
        }
        #expect(Set(receipt) == Set(tables.map(\.name) + ["users", "files/archives", "timelines/followers"]))
        for table in tables {
            #expect(try await rows(of: 7, table) == 0, "\(table)")
            // What both had a part in went with the one.
            let shared = [
                "following", "followers", "follow_requests", "blocks", "mutes", "list_members", "close_friends",
                "archive_items",
            ].contains(
                table.name)
            if !shared { #expect(try await rows(of: 8, table) == others[table], "\(table)") }
        }
        try await database.close()
    }

    private static let stores = ErasedStores.all(
        home: HomeTimelines(timelinesMax: 4, clock: .system), shared: nil, settings: ServerSettings())

    @Test("a receipt names every store, tells what counts mean, and until when something is left")
    func receipt() async throws {
        let database = try await database(TemporaryFolder())
        try await database.write { store in for row in Self.rows { try store.execute(row, []) } }
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let now: Int64 = 1_750_000_000_000
        try await AccountErasure(
            database: database, steps: ErasedTables.steps(.sqlite, .system), stores: Self.stores,
            clock: WallClock { now }, logger: logger
        ).eraseDue()
        let deletions = try await database.read { try Deletion.newest($0) }
        let receipt = AdminDeletion(try #require(deletions.first)).receipt
        let noted = receipt.filter { $0.note != nil }
        #expect(noted.map(\.store) == ErasedStores.notes.keys.sorted())
        #expect(Set(Self.stores.map(\.name)) == Set(ErasedStores.notes.keys), "a store without a note")
        #expect(receipt.first { $0.store == "posts" }?.count == 2)
        #expect(noted.first { $0.store == "files/archives" }?.count == 1)
        #expect(noted.first { $0.store == "caches/posts" }?.count == 0)
        // Seven days, and the minute in which the next pruning begins.
        #expect(noted.first { $0.store == "events" }?.goneBy == "2025-06-22T15:07:40.000Z")
        try await database.close()
    }

    /// Two accounts with the same in every table: 7 goes, 8 stays.
    private static let rows =
        [
            "INSERT INTO users (id, username, display_name, created_at, state) VALUES (7, 'seven', 'S', 1, 1), (8, 'eight', 'E', 1, 0)",
            "INSERT INTO deletions (account_id, asked_at, due_at) VALUES (7, 1, 2)",
            "INSERT INTO username_skeletons (skeleton, account_id) VALUES ('seven', 7), ('eight', 8)",
            "INSERT INTO following (follower_id, followee_id, follow_id) VALUES (7, 8, 1), (8, 7, 2)",
            "INSERT INTO followers (follower_id, followee_id, follow_id) VALUES (7, 8, 1), (8, 7, 2)",
            "INSERT INTO follow_requests (target_id, requester_id, request_id) VALUES (7, 8, 1), (8, 7, 2)",
            "INSERT INTO list_members (account_id, list_id, member_id, membership_id) VALUES (7, 1, 8, 1), (8, 2, 7, 2)",
            "INSERT INTO blocks (blocker_id, blocked_id, block_id) VALUES (7, 8, 1), (8, 7, 2)",
            "INSERT INTO mutes (muter_id, muted_id, mute_id) VALUES (7, 8, 1), (8, 7, 2)",
            "INSERT INTO close_friends (account_id, friend_id, added_id) VALUES (7, 8, 1), (8, 7, 2)",
        ]
        + [7, 8].map { account in
            let post = account * 100
            return """
                INSERT INTO posts (id, bucket, author_id, position, state, visibility, content, created_at)
                VALUES (\(post), 0, \(account), \(post), 3, 0, 'text', 1), (\(post + 1), 0, \(account), \(post + 1), 0, 0, 'draft', 1)
                """
        }
        + [7, 8].flatMap { account in
            let post = account * 100
            return [
                "INSERT INTO sessions (id, account_id, created_at, expires_at) VALUES (\(account), \(account), 1, 2)",
                "INSERT INTO refresh_tokens (token_hash, session_id, created_at, expires_at) VALUES ('\(account)', \(account), 1, 2)",
                """
                INSERT INTO post_revisions (post_id, version, content, visibility, written_at)
                VALUES (\(post), 1, 'before', 0, 1)
                """,
                "INSERT INTO muted_words (account_id, word_id, phrase, scopes) VALUES (\(account), \(account), 'word', 7)",
                "INSERT INTO post_tags (tag, position, author_id, visibility) VALUES ('tag', \(post), \(account), 0)",
                "INSERT INTO tag_follows (account_id, tag, followed_at) VALUES (\(account), 'tag', 1)",
                """
                INSERT INTO lists (account_id, list_id, title, is_exclusive, replies)
                VALUES (\(account), \(account), 'Friends', 1, 0)
                """,
                """
                INSERT INTO polls (bucket, post_id, author_id, position, options, is_multiple, hides_totals, closes_at)
                VALUES (0, \(post), \(account), \(post), 'a', 0, 0, 5)
                """,
                """
                INSERT INTO planned_posts (account_id, planned_id, kind, content, visibility, share_policy, poll_multiple,
                    poll_hides_totals, poll_seconds, created_at, updated_at)
                VALUES (\(account), 1, 0, 'draft', 0, 0, 0, 0, 0, 1, 1)
                """,
                "INSERT INTO post_views (bucket, post_id, account_id, views, seen_at) VALUES (0, 800, \(account), 1, 1)",
                "INSERT INTO poll_votes (bucket, post_id, account_id, choices) VALUES (0, 800, \(account), 1)",
                "INSERT INTO pins (account_id, post_id, pin_id) VALUES (\(account), 800, 1)",
                "INSERT INTO reposts (position, bucket, sharer_id, post_id, created_at) VALUES (\(post + 2), 0, \(account), 800, 1)",
                "INSERT INTO post_shares (bucket, post_id, position, sharer_id) VALUES (0, 800, \(post + 2), \(account))",
                "INSERT INTO mentions (bucket, post_id, account_id) VALUES (0, 800, \(account))",
                """
                INSERT INTO notifications (account_id, kind, subject_id, actor_id, object_id, notification_id, detail)
                VALUES (\(account), 1, 1, 1, 1, \(account), 0)
                """,
                """
                INSERT INTO notification_groups (account_id, kind, subject_id, newest_id, beyond)
                VALUES (\(account), 1, 1, \(account), 0)
                """,
                """
                INSERT INTO idempotency_keys (account_id, route, key, body_hash, result_id, created_at)
                VALUES (\(account), 'POST /v1/posts', 'k', 'h', 1, 1)
                """,
                "INSERT INTO viewer_marks (account_id, post_id, flags) VALUES (\(account), 800, 1)",
                "INSERT INTO reactions (bucket, post_id, actor_id, kind, reaction_id) VALUES (0, 800, \(account), 1, \(account))",
                "INSERT INTO bookmarks (account_id, post_id, folder, bookmark_id) VALUES (\(account), 800, '', 1)",
                "INSERT INTO post_feedback (account_id, post_id, kind, feedback_id) VALUES (\(account), 800, 1, 1)",
                "INSERT INTO markers (account_id, list, last_read_id, version, updated_at) VALUES (\(account), 0, 1, 1, 1)",
                """
                INSERT INTO exports (account_id, state, asked_at, due_at, blob_key)
                VALUES (\(account), 2, 1, 1, 'exports/\(account).tar.gz')
                """,
                """
                INSERT INTO archive_items (account_id, section, item_id, body, other_id)
                VALUES (\(account), 'mutes', 1, '{}', \(15 - account)), (\(account), 'posts', 2, '{}', NULL)
                """,
                "INSERT INTO archive_imports (account_id, source, items_done, updated_at) VALUES (\(account), 's', 1, 1)",
                "INSERT INTO pulled_authors (author_id, is_pulled, unpushed_through) VALUES (\(account), 1, 1)",
            ]
        }
}
