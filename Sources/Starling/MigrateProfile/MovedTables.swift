/// What becomes of each table of SQLite's when a community moves to PostgreSQL.
enum MovedTables {
    /// Those that are copied row by row, in an order in which every row finds what it refers to.
    ///
    /// Among them is the log of events with the offsets of its readers, so that `since` tokens and consumer groups go on
    /// where they are.
    static let copied = [
        "users", "username_skeletons", "deletions", "deletion_receipts", "retired_usernames", "sessions",
        "refresh_tokens", "signing_keys",
        "account_counters", "following", "followers", "follow_requests", "blocks", "mutes", "muted_words", "lists",
        "list_members", "close_friends", "posts",
        "post_revisions", "post_counters", "replies", "pins", "mentions", "reposts", "post_shares", "quotes",
        "post_tags", "tag_follows", "polls", "poll_votes", "poll_counters", "planned_posts",
        "post_views", "post_stats",
        "viewer_marks",
        "reactions", "reaction_counters", "bookmarks", "post_feedback", "markers", "notifications",
        "notification_groups", "archive_items", "archive_imports", "import_progress",
        "idempotency_keys", "outbox", "outbox_retention", "consumer_offsets", "dead_letters",
        "pulled_authors", "timeline_generation", "rate_limits",
    ]

    /// Those among them in which a migration writes a first row, which gives way to the source's.
    static let seeded: Set<String> = ["outbox_retention", "timeline_generation"]

    /// Columns that PostgreSQL has besides, with the expressions that their values come from.
    static let derived: [String: (column: String, value: String)] = [
        // The partition of a post's counters is that of the post.
        "post_counters": ("bucket", "(post_id >> 12) & 1023")
    ]

    /// Those that are not copied, and why.
    static let leftBehind: [String: String] = [
        "exports": "their archives lie with the old side; they are asked for anew",
        "doomed_blobs": "archives of the old side",
        "consumer_watermarks": "only where events go through Kafka, which SQLite does without",
        "migrations": "each store tells of its own schema",
        "node_leases": "the highest lease is written for every node number, so that all new ids are above the old ones",
        "work_leases": "held by processes of the old side, which have ended",
        "write_check": "only proves that a store can be written",
    ]
}
