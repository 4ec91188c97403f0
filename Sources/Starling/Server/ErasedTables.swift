import Accounts
import Core
import Engagement
import Exports
import Notifications
import Posts
import SQL
import SocialGraph

/// What becomes of each table when an account is erased. A table that is in neither list fails the tests.
enum ErasedTables {
    /// In this order: what others notice first.
    static func steps(_ dialect: Dialect, _ clock: WallClock) -> [ErasureStep] {
        AccountSchema.erasure + EngagementSchema.erasure(dialect, clock) + PostSchema.erasure(clock)
            + GraphSchema.erasure(clock) + NotificationSchema.erasure + ExportSchema.erasure(clock) + [
                .rows("pulled_authors", account: "author_id", key: "author_id")
            ]
    }

    /// Those that keep what they have, and why.
    static let kept: [String: String] = [
        "doomed_blobs": "names that say nothing of archives that the next sweep removes",
        "users": "the row stays without anything personal; ids are never given twice",
        "retired_usernames": "hashes, so that nobody else gets the name",
        "deletions": "when it was asked for and done", "deletion_receipts": "how much went",
        "account_counters": "numbers, which fall to zero with what they count",
        "post_counters": "numbers of posts", "reaction_counters": "numbers of posts",
        "poll_counters": "numbers of posts", "post_stats": "numbers of posts",
        "replies":
            "where comments hang; a deleted comment's row goes with it, or with the last that others wrote below it",
        "quotes": "where quotes are listed; a deleted quote's row goes with it",
        "outbox": "ids alone, until retention", "outbox_retention": "an offset", "dead_letters": "ids alone",
        "consumer_offsets": "offsets", "consumer_watermarks": "offsets", "work_leases": "processes",
        "node_leases": "processes", "timeline_generation": "a number", "import_progress": "files",
        "rate_limits": "gone within the window of the limit", "signing_keys": "the server's",
        "migrations": "the server's",
    ]
}
