import Core
import Foundation
import Logging
import SQL
import TestServers
import TestSupport
import Testing

@testable import Starling

/// What a move needs: a community in a data directory, and an empty database of PostgreSQL.
struct ProfileMoveStage: Sendable {
    /// Suites that need the server run where `STARLING_TEST_STORES` names it.
    static let hasServer = (ProcessInfo.processInfo.environment["STARLING_TEST_STORES"] ?? "")
        .split(separator: ",").contains("postgresql")

    let data: String
    let url: String
    private let folder: TemporaryFolder

    /// Beyond the demo's, a row in every table, with what is hard to carry.
    init(size: DemoCommunity.Size = .init(users: 30, follows: 120, posts: 200)) async throws {
        folder = try TemporaryFolder()
        data = folder.file("data")
        url = try PostgreSQLServer.shared().newDatabase()
        try await AdminAccess.use(dataDirectory: data, engines: EngineSettings()) {
            _ = try await DemoCommunity(size: size).install(through: $0, progress: .silent)
        }
        try await edit { store in
            for statement in Self.rows { try store.execute(statement, []) }
            try store.execute("UPDATE users SET bio = $1 WHERE username = 'demo'", [.text(Self.hardText)])
        }
    }

    var from: String { "sqlite:" + data }

    static let hardText = #"„Zitat“ "quoted" \u0041 \x41 100% $1 {"a":[1]} "# + "\n\r\t\u{1}\u{7F}\u{2028} 🐦 é"

    /// A new folder for the files of a server on the other side.
    func newFolder() -> String { folder.file("server") }

    /// Changes the source behind everybody's back.
    func edit(_ body: @escaping @Sendable (any SQLWriter) throws -> Void) async throws {
        let database = try SQLiteDatabase(path: data + "/starling.sqlite")
        try await database.write(body)
        try await database.close()
    }

    /// Runs `body` with both sides open.
    func withMove<T>(rowsMax: Int = 50, _ body: (ProfileMove) async throws -> T) async throws -> T {
        let source = try await MoveSource.open(from)
        do {
            let target = try await MoveTarget.open(url, logger: Logger(label: "move"))
            do {
                var move = ProfileMove(source: source, target: target, sample: 20, progress: .silent)
                move.size.rowsMax = rowsMax
                let result = try await body(move)
                try await target.close()
                try await source.close()
                return result
            } catch {
                try await target.close()
                throw error
            }
        } catch {
            try await source.close()
            throw error
        }
    }

    @discardableResult
    func move(rowsMax: Int = 50) async throws -> MoveReport {
        try await withMove(rowsMax: rowsMax) { try await $0.run() }
    }

    func verify() async throws -> MoveReport { try await withMove { try await $0.verify() } }

    /// What `psql` says of the target.
    @discardableResult
    func query(_ sql: String) throws -> String {
        let database = url.split(separator: "/").last?.split(separator: "?").first.map(String.init) ?? ""
        return try PostgreSQLServer.shared().query(sql, database: database)
    }

    private static let rows = [
        """
        INSERT INTO users (id, username, email, email_key, display_name, created_at, last_active_at, state)
        VALUES (7, 'hard', 'Hard@example.org', 'hard@example.org', '', -1, 9223372036854775807, 1), (8, 'soft', NULL, NULL,
            'Soft', 0, NULL, 0)
        """,
        "INSERT INTO username_skeletons (skeleton, account_id) VALUES ('hard', 7), ('soft', 8)",
        """
        INSERT INTO sessions (id, account_id, created_at, expires_at, revoked_at, last_used_at, client)
        VALUES (5, 7, 1, 2, NULL, 2, 'Bird "é"'), (6, 7, 1, 2, 3, NULL, NULL)
        """,
        "INSERT INTO deletions (account_id, asked_at, due_at, is_held) VALUES (7, 1, 2, 1)",
        "INSERT INTO deletion_receipts (account_id, store, count, gone_by) VALUES (7, 'posts', 3, NULL), (7, 'events', 0, 9)",
        "INSERT INTO retired_usernames (hash) VALUES ('a-_9')",
        "INSERT INTO refresh_tokens (token_hash, session_id, created_at, expires_at) VALUES ('b/+=', 5, 1, 2), ('B', 6, 1, 2)",
        "INSERT INTO follow_requests (target_id, requester_id, request_id) VALUES (7, 8, 100)",
        "INSERT INTO blocks (blocker_id, blocked_id, block_id) VALUES (7, 8, 101)",
        """
        INSERT INTO muted_words (account_id, word_id, phrase, scopes, expires_at)
        VALUES (7, 110, 'C++ é', 7, NULL), (7, 111, 'c++ é', 1, 5)
        """,
        "INSERT INTO lists (account_id, list_id, title, is_exclusive, replies) VALUES (7, 112, 'Größe \"é\"', 1, 2)",
        "INSERT INTO list_members (account_id, list_id, member_id, membership_id) VALUES (7, 112, 8, 113)",
        "INSERT INTO mutes (muter_id, muted_id, mute_id) VALUES (8, 7, 102)",
        "INSERT INTO close_friends (account_id, friend_id, added_id) VALUES (8, 7, 108)",
        """
        INSERT INTO post_revisions (post_id, version, content, visibility, written_at)
        SELECT id, 1, 'as it was', 0, 5 FROM posts ORDER BY id LIMIT 3
        """,
        """
        INSERT INTO reposts (position, bucket, sharer_id, post_id, created_at)
        SELECT 32775, 8, 7, id, 5 FROM posts ORDER BY id LIMIT 1
        """,
        "INSERT INTO post_shares (bucket, post_id, position, sharer_id) SELECT (id >> 12) & 1023, id, 32775, 7 FROM posts LIMIT 1",
        "INSERT INTO quotes (bucket, post_id, position) SELECT (id >> 12) & 1023, id, 32775 FROM posts LIMIT 1",
        """
        INSERT INTO polls (bucket, post_id, author_id, position, options, is_multiple, hides_totals, closes_at, stage, told_through)
        SELECT bucket, id, author_id, position, 'Tee é' || char(10) || '"Kaffee"', 1, 0, 5, 1, 9 FROM posts ORDER BY id LIMIT 1
        """,
        """
        INSERT INTO poll_votes (bucket, post_id, account_id, choices)
        SELECT bucket, id, 7, 3 FROM posts ORDER BY id LIMIT 1
        """,
        "INSERT INTO poll_counters (bucket, post_id, choice, votes) SELECT bucket, id, -1, 1 FROM posts ORDER BY id LIMIT 1",
        """
        INSERT INTO planned_posts (account_id, planned_id, kind, state, content, visibility, share_policy, quote_of, poll_options,
            poll_multiple, poll_hides_totals, poll_seconds, scheduled_at, failure, version, created_at, updated_at)
        VALUES (7, 109, 1, 1, 'später "é"', 3, 2, 17, 'a' || char(10) || 'b', 1, 0, 600, 5, 2, 3, 1, 2),
            (7, 110, 0, 0, 'Entwurf', 0, 0, NULL, NULL, 0, 0, 0, NULL, NULL, 1, 1, 1)
        """,
        """
        INSERT INTO post_views (bucket, post_id, account_id, views, seen_at)
        SELECT bucket, id, 7, 2, 5 FROM posts ORDER BY id LIMIT 1
        """,
        """
        INSERT INTO post_stats (bucket, post_id, day, views, reach, reactions)
        SELECT bucket, id, 20000, 2, 1, -1 FROM posts ORDER BY id LIMIT 1
        """,
        """
        INSERT INTO replies (bucket, post_id, position, likes)
        SELECT (id >> 12) & 1023, id, 32775, 2 FROM posts ORDER BY id LIMIT 1
        """,
        "INSERT INTO mentions (bucket, post_id, account_id) SELECT (id >> 12) & 1023, id, 8 FROM posts ORDER BY id LIMIT 1",
        "INSERT INTO post_tags (tag, position, author_id, visibility) VALUES ('größe', 5, 7, 0), ('Größe', 5, 7, 0)",
        "INSERT INTO tag_follows (account_id, tag, followed_at) VALUES (7, '東京', 5)",
        "INSERT INTO pins (account_id, post_id, pin_id) SELECT author_id, id, 103 FROM posts ORDER BY id LIMIT 1",
        "INSERT INTO viewer_marks (account_id, post_id, flags) SELECT 7, id, 109 FROM posts ORDER BY id LIMIT 1",
        """
        INSERT INTO reactions (bucket, post_id, actor_id, kind, reaction_id)
        SELECT (id >> 12) & 1023, id, 7, 6, 104 FROM posts ORDER BY id LIMIT 1
        """,
        """
        INSERT INTO reaction_counters (bucket, post_id, kind, count)
        SELECT (id >> 12) & 1023, id, 6, 1 FROM posts ORDER BY id LIMIT 1
        """,
        """
        INSERT INTO bookmarks (account_id, post_id, folder, bookmark_id)
        SELECT 7, id, 'Read "later" é', 105 FROM posts ORDER BY id LIMIT 1
        """,
        "INSERT INTO post_feedback (account_id, post_id, kind, feedback_id) SELECT 7, id, 3, 107 FROM posts ORDER BY id LIMIT 1",
        "INSERT INTO markers (account_id, list, last_read_id, version, updated_at) VALUES (7, 0, 106, 3, 5)",
        """
        INSERT INTO notifications (account_id, kind, subject_id, actor_id, object_id, notification_id, detail)
        SELECT 8, 5, id, 7, 0, 107, 6 FROM posts ORDER BY id LIMIT 1
        """,
        """
        INSERT INTO notification_groups (account_id, kind, subject_id, newest_id, beyond)
        SELECT 8, 5, id, 107, 2 FROM posts ORDER BY id LIMIT 1
        """,
        "INSERT INTO archive_items (account_id, section, item_id, body, other_id) VALUES (7, 'blocks', 1, '{\"user_id\":\"5\"}', 5)",
        "INSERT INTO archive_imports (account_id, source, items_done, is_finished, updated_at) VALUES (7, 'a', 9, 1, 3)",
        "INSERT INTO post_counters (post_id, likes) SELECT id, 3 FROM posts ORDER BY id DESC LIMIT 3 ON CONFLICT DO NOTHING",
        """
        INSERT INTO idempotency_keys (account_id, route, key, body_hash, result_id, created_at)
        VALUES (7, 'POST /v1/posts', 'k', 'h', 1, 1), (7, 'POST /v1/posts', 'K é "', 'h', 2, 1)
        """,
        """
        INSERT INTO outbox (topic, kind, key, subject, object, position, flags, list, occurred_at)
        VALUES (1, 99, -5, 0, 0, 0, -1, x'00FF10', 5), (1, 99, -5, 0, 0, 0, 0, x'', 5)
        """,
        // The highest offset that ever was is of an event that is gone.
        "INSERT INTO outbox SELECT 9000, topic, kind, key, subject, object, position, flags, list, 5 FROM outbox LIMIT 1",
        "DELETE FROM outbox WHERE event_offset = 9000",
        """
        INSERT INTO dead_letters (consumer_group, event_offset, topic, kind, key, subject, object, position, flags, list,
            occurred_at, reason, attempts, died_at) VALUES ('g', 3, 1, 1, 1, 1, 1, 1, 1, x'01', 1, 'because', 5, 1)
        """,
        "UPDATE outbox_retention SET pruned_through = 2",
        "INSERT INTO pulled_authors (author_id, is_pulled, unpushed_through) VALUES (7, 1, 5)",
        "UPDATE timeline_generation SET generation = 4",
        "INSERT INTO rate_limits (rule, subject, full_at) VALUES ('credentials', 's', 5)",
    ]
}
