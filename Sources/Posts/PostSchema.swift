import SQL

/// The tables this feature owns. An id names its partition by its bucket, which is its author's, so a post and its
/// author's other posts live together. Comments are posts with `reply_to`; reposts are activities of their own.
///
/// PostgreSQL keeps them in partitions by bucket, so that nothing can refer to a post by its id alone there.
package enum PostSchema {
    package static let migrations = [
        posts, reposts, postsByAuthor, viewerMarks, comments, pins, shares, quotes, mentions, tags, polls,
        planned, views, counted, foldedTags, deletedComments,
    ]

    private static let posts = Migration("0008-posts") { dialect in
        let layout = PostLayout(dialect)
        return [
            """
            CREATE TABLE posts (
                id BIGINT \(layout.key)NOT NULL, bucket SMALLINT NOT NULL,
                author_id BIGINT NOT NULL REFERENCES users (id), position BIGINT NOT NULL,
                state SMALLINT NOT NULL CHECK (state BETWEEN 0 AND 5),
                visibility SMALLINT NOT NULL CHECK (visibility BETWEEN 0 AND 3),
                content TEXT NOT NULL, reply_to BIGINT, reply_to_author BIGINT, root_id BIGINT,
                depth SMALLINT NOT NULL DEFAULT 0, version INTEGER NOT NULL DEFAULT 1,
                created_at BIGINT NOT NULL, edited_at BIGINT,
                source_kind SMALLINT, source_account BIGINT,
                CHECK ((reply_to IS NULL) = (reply_to_author IS NULL))\(layout.end(key: "id"))
            """,
            "CREATE UNIQUE INDEX posts_by_position ON posts (position, bucket)",
            "CREATE INDEX posts_by_author ON posts (author_id, position)",
            "CREATE INDEX posts_by_reply ON posts (reply_to, position) WHERE reply_to IS NOT NULL",
            """
            CREATE INDEX posts_by_author_replied_to ON posts (\(layout.replyColumns))
            WHERE reply_to_author IS NOT NULL
            """,
            """
            CREATE TABLE post_revisions (
                post_id BIGINT NOT NULL\(layout.post), version INTEGER NOT NULL, content TEXT NOT NULL,
                visibility SMALLINT NOT NULL, written_at BIGINT NOT NULL, PRIMARY KEY (post_id, version))
            """,
            """
            CREATE TABLE post_counters (
                \(layout.bucket)post_id BIGINT \(layout.key)NOT NULL, likes BIGINT NOT NULL DEFAULT 0,
                comments BIGINT NOT NULL DEFAULT 0, shares BIGINT NOT NULL DEFAULT 0\(layout.end(key: "post_id"))
            """,
            """
            CREATE TABLE import_progress (
                source \(dialect.textKey) PRIMARY KEY NOT NULL, lines_done BIGINT NOT NULL, updated_at BIGINT NOT NULL)
            """,
        ] + dialect.partitions(of: "posts") + dialect.partitions(of: "post_counters")
    }

    /// A repost is an activity with a position of its own, which a timeline can hold beside those of posts.
    private static let reposts = Migration("0009-reposts") { dialect in
        let layout = PostLayout(dialect)
        return [
            """
            CREATE TABLE reposts (
                position BIGINT \(layout.key)NOT NULL, bucket SMALLINT NOT NULL,
                sharer_id BIGINT NOT NULL REFERENCES users (id), post_id BIGINT NOT NULL\(layout.post),
                created_at BIGINT NOT NULL, UNIQUE (sharer_id, post_id\(layout.uniqueWithin))\(layout.end(key: "position"))
            """,
            "CREATE INDEX reposts_by_sharer ON reposts (sharer_id, position)",
            "CREATE INDEX reposts_by_post ON reposts (post_id, position)",
        ] + dialect.partitions(of: "reposts")
    }

    private static let viewerMarks = Migration("0016-viewer-marks") { dialect in
        let table = dialect == .sqlite ? "WITHOUT ROWID" : dialect.partitioned(by: "account_id")
        return [
            """
            CREATE TABLE viewer_marks (
                account_id BIGINT NOT NULL, post_id BIGINT NOT NULL, flags SMALLINT NOT NULL,
                PRIMARY KEY (account_id, post_id)) \(table)
            """
        ] + dialect.partitions(of: "viewer_marks")
    }

    /// With all that building a timeline asks of a post: a look into the table for each would cost several times as much.
    private static let postsByAuthor = Migration("0011-posts-by-author") { _ in
        [
            "DROP INDEX posts_by_author",
            "CREATE INDEX posts_by_author ON posts (author_id, position, state, bucket, visibility)",
        ]
    }
}
