import SQL

/// The tables this feature owns. A follow is stored in both directions, each ordered by who owns the list, so that either
/// side's list lives in one partition. `follow_id` is a snowflake: lists show the newest first.
package enum GraphSchema {
    package static let migrations = [follows, restrictions, mutedWords, lists, closeFriends]

    private static let follows = Migration("0006-follows") { dialect in
        let clustered = dialect == .sqlite ? "WITHOUT ROWID" : ""
        let ofFollower = clustered + dialect.partitioned(by: "follower_id")
        let ofFollowee = clustered + dialect.partitioned(by: "followee_id")
        return [
            """
            CREATE TABLE following (
                follower_id BIGINT NOT NULL, followee_id BIGINT NOT NULL, follow_id BIGINT NOT NULL,
                PRIMARY KEY (follower_id, followee_id), CHECK (follower_id <> followee_id)) \(ofFollower)
            """,
            "CREATE INDEX following_by_recency ON following (follower_id, follow_id)",
            """
            CREATE TABLE followers (
                followee_id BIGINT NOT NULL, follower_id BIGINT NOT NULL, follow_id BIGINT NOT NULL,
                PRIMARY KEY (followee_id, follower_id)) \(ofFollowee)
            """,
            "CREATE INDEX followers_by_recency ON followers (followee_id, follow_id)",
            """
            CREATE TABLE follow_requests (
                target_id BIGINT NOT NULL REFERENCES users (id), requester_id BIGINT NOT NULL REFERENCES users (id),
                request_id BIGINT NOT NULL,
                PRIMARY KEY (target_id, requester_id), CHECK (target_id <> requester_id))
            """,
            "CREATE INDEX follow_requests_by_requester ON follow_requests (requester_id)",
            "CREATE INDEX follow_requests_by_recency ON follow_requests (target_id, request_id)",
        ] + dialect.partitions(of: "following") + dialect.partitions(of: "followers")
    }

    private static let restrictions = Migration("0007-blocks-and-mutes") { _ in
        [
            """
            CREATE TABLE blocks (
                blocker_id BIGINT NOT NULL REFERENCES users (id), blocked_id BIGINT NOT NULL REFERENCES users (id),
                block_id BIGINT NOT NULL, PRIMARY KEY (blocker_id, blocked_id), CHECK (blocker_id <> blocked_id))
            """,
            "CREATE INDEX blocks_by_blocked ON blocks (blocked_id, blocker_id)",
            "CREATE INDEX blocks_by_recency ON blocks (blocker_id, block_id)",
            """
            CREATE TABLE mutes (
                muter_id BIGINT NOT NULL REFERENCES users (id), muted_id BIGINT NOT NULL REFERENCES users (id),
                mute_id BIGINT NOT NULL, PRIMARY KEY (muter_id, muted_id), CHECK (muter_id <> muted_id))
            """,
            "CREATE INDEX mutes_by_recency ON mutes (muter_id, mute_id)",
        ]
    }

    private static let closeFriends = Migration("0050-close-friends") { _ in
        [
            """
            CREATE TABLE close_friends (
                account_id BIGINT NOT NULL REFERENCES users (id), friend_id BIGINT NOT NULL REFERENCES users (id),
                added_id BIGINT NOT NULL, PRIMARY KEY (account_id, friend_id), CHECK (account_id <> friend_id))
            """,
            "CREATE INDEX close_friends_by_friend ON close_friends (friend_id, account_id)",
            "CREATE INDEX close_friends_by_recency ON close_friends (account_id, added_id)",
        ]
    }
}
