import Accounts
import Core
import Engagement
import EventLog
import Notifications
import Posts
import SQL
import SocialGraph
import TestServers

/// A store with enough in it for the planner to mind what it reads: 1,000 accounts, 40,000 posts, 100,000 follows.
struct PlanStore: Sendable {
    static let shared = Result { try PlanStore() }

    private let server: PostgreSQLServer
    private let database: String

    private init() throws {
        server = try .shared()
        let url = try server.newDatabase()
        database = String(url.prefix { $0 != "?" }.split(separator: "/").last ?? "")
        let migrations =
            [Outbox.migration, Outbox.narrowKeys] + AccountSchema.migrations + GraphSchema.migrations
            + PostSchema.migrations
            + EngagementSchema.migrations + NotificationSchema.migrations
        let schema = migrations.sorted { $0.name < $1.name }.flatMap { $0.statements(.postgreSQL) }
        let script = ["CREATE SEQUENCE log_offsets"] + schema + Self.contents
        try server.query(script.joined(separator: ";\n"), database: database)
        // Not in the same transaction; it also marks the pages that an index alone answers for.
        try server.query("VACUUM (ANALYZE)", database: database)
    }

    func plan(of statement: Statement, mode: String, isWrite: Bool) throws -> QueryPlan {
        // As the driver's writers have it.
        let settings = isWrite ? ["enable_seqscan = off"] : []
        return QueryPlan(
            try server.query(
                QueryPlan.script(for: statement, mode: mode, settings: settings), database: database))
    }

    /// The partitions in which these rows lie.
    func partitions(of table: String, where condition: String) throws -> Set<String> {
        let text = try server.query(
            "SELECT DISTINCT tableoid::regclass::text FROM \(table) WHERE \(condition)", database: database)
        return Set(text.split(separator: "\n").map(String.init))
    }

    static func author(_ number: Int64) -> ID<Account> { ID(number << 22 | (number * 7919 % 1024) << 12) }

    /// Every fifth post of an author answers the one before it of the next author.
    static func post(_ count: Int64, of number: Int64) -> ID<Post> {
        ID((1_000_000 + count * 1_000 + number) << 22 | (number * 7919 % 1024) << 12)
    }

    private static let contents = [
        """
        CREATE FUNCTION author(n BIGINT) RETURNS BIGINT IMMUTABLE LANGUAGE sql AS
            'SELECT (n << 22) | ((n * 7919 % 1024) << 12)'
        """,
        """
        CREATE FUNCTION post(k BIGINT, n BIGINT) RETURNS BIGINT IMMUTABLE LANGUAGE sql AS
            'SELECT ((1000000 + k * 1000 + n) << 22) | ((n * 7919 % 1024) << 12)'
        """,
        """
        INSERT INTO users (id, username, display_name, created_at)
        SELECT author(n), 'user' || n, 'User', n FROM generate_series(1, 1000) AS n
        """,
        """
        INSERT INTO posts (id, bucket, author_id, position, state, visibility, content, created_at, reply_to,
            reply_to_author)
        SELECT post(k, n), n * 7919 % 1024, author(n), post(k, n), 3, 0, 'About as long as a short post is.', k,
            CASE WHEN k % 5 = 0 THEN post(k - 1, n % 1000 + 1) END, CASE WHEN k % 5 = 0 THEN author(n % 1000 + 1) END
        FROM generate_series(1, 40) AS k, generate_series(1, 1000) AS n
        """,
        """
        INSERT INTO replies (bucket, post_id, position, likes)
        SELECT (reply_to >> 12) & 1023, reply_to, position, position % 7 FROM posts WHERE reply_to IS NOT NULL
        """,
        "INSERT INTO mentions (bucket, post_id, account_id) SELECT bucket, id, author(1) FROM posts",
        """
        INSERT INTO reposts (position, bucket, sharer_id, post_id, created_at)
        SELECT post(k, n) + 1, n * 7919 % 1024, author(n), post(k - 1, n % 1000 + 1), k
        FROM generate_series(2, 20) AS k, generate_series(1, 1000) AS n
        """,
        """
        INSERT INTO post_shares (bucket, post_id, position, sharer_id)
        SELECT (post_id >> 12) & 1023, post_id, position, sharer_id FROM reposts
        """,
        "INSERT INTO quotes (bucket, post_id, position) SELECT bucket, post_id, position FROM post_shares",
        """
        INSERT INTO post_tags (tag, position, author_id, visibility)
        SELECT 'tag' || (position >> 22) % 50, position, author_id, 0 FROM posts
        """,
        """
        INSERT INTO tag_follows (account_id, tag, followed_at)
        SELECT author(n), 'tag' || k, n FROM generate_series(1, 1000) AS n, generate_series(1, 40) AS k
        """,
        """
        INSERT INTO polls (bucket, post_id, author_id, position, options, is_multiple, hides_totals, closes_at, stage)
        SELECT bucket, id, author_id, position, 'yes', 0, 0, created_at, CASE WHEN created_at % 10 = 0 THEN 0 ELSE 2 END
        FROM posts
        """,
        """
        INSERT INTO poll_votes (bucket, post_id, account_id, choices)
        SELECT p.bucket, p.post_id, author(n), 1 FROM polls p CROSS JOIN generate_series(1, 20) AS n
        WHERE p.stage = 0
        """,
        "INSERT INTO poll_counters (bucket, post_id, choice, votes) SELECT bucket, post_id, -1, 20 FROM polls",
        """
        INSERT INTO planned_posts (account_id, planned_id, kind, content, visibility, share_policy, poll_multiple,
            poll_hides_totals, poll_seconds, scheduled_at, created_at, updated_at)
        SELECT author_id, id, CASE WHEN created_at = 1 THEN 1 ELSE 0 END, content, 0, 0, 0, 0, 0,
            CASE WHEN created_at = 1 THEN 5 END, 0, 0 FROM posts
        """,
        """
        INSERT INTO post_views (bucket, post_id, account_id, views, seen_at)
        SELECT bucket, id, author(1), 1, created_at FROM posts
        """,
        "INSERT INTO post_stats (bucket, post_id, day, views, reach, reactions) SELECT bucket, id, 20000, 1, 1, 0 FROM posts",
        "INSERT INTO post_counters (bucket, post_id, comments) SELECT bucket, id, 1 FROM posts",
        """
        INSERT INTO following (follower_id, followee_id, follow_id)
        SELECT author(a), author(b), post(a % 40, b) FROM generate_series(1, 1000) AS a, generate_series(1, 1000) AS b
        WHERE a <> b AND (a + b) % 10 = 0
        """,
        """
        INSERT INTO close_friends (account_id, friend_id, added_id)
        SELECT author(n), author(n + 10 * k), k FROM generate_series(1, 980) AS n, generate_series(1, 2) AS k
        """,
        """
        INSERT INTO viewer_marks (account_id, post_id, flags)
        SELECT author(n), post(k, n % 1000 + 1), 1 FROM generate_series(1, 40) AS k, generate_series(1, 1000) AS n
        """,
        """
        INSERT INTO reactions (bucket, post_id, actor_id, kind, reaction_id)
        SELECT (post_id >> 12) & 1023, post_id, account_id, 1, post_id + account_id FROM viewer_marks
        """,
        """
        INSERT INTO reaction_counters (bucket, post_id, kind, count) SELECT bucket, post_id, 1, 1 FROM reactions
        """,
        """
        INSERT INTO bookmarks (account_id, post_id, folder, bookmark_id)
        SELECT account_id, post_id, '', post_id FROM viewer_marks
        """,
        """
        INSERT INTO notifications (account_id, kind, subject_id, actor_id, object_id, notification_id, detail)
        SELECT author(n), 5, post(k, n), author(n % 1000 + 1), 0, post(k, n), 1
        FROM generate_series(1, 40) AS k, generate_series(1, 1000) AS n
        """,
        """
        INSERT INTO notification_groups (account_id, kind, subject_id, newest_id, beyond)
        SELECT account_id, kind, subject_id, notification_id, 0 FROM notifications
        """,
        """
        INSERT INTO post_feedback (account_id, post_id, kind, feedback_id)
        SELECT account_id, post_id, 1, post_id FROM viewer_marks
        """,
        "INSERT INTO followers (follower_id, followee_id, follow_id) SELECT * FROM following",
        """
        INSERT INTO lists (account_id, list_id, title, is_exclusive, replies)
        SELECT author(n), k, 'list', k % 2, 0 FROM generate_series(1, 1000) AS n, generate_series(1, 4) AS k
        """,
        """
        INSERT INTO list_members (account_id, list_id, member_id, membership_id)
        SELECT follower_id, 1 + follow_id % 4, followee_id, follow_id FROM following
        """,
        """
        INSERT INTO outbox (topic, kind, key, subject, object, position, flags, occurred_at)
        SELECT 1, 1, author_id, id, 0, position, 0, created_at FROM posts ORDER BY position
        """,
    ]
}
