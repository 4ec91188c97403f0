import Accounts
import Core
import SQL

extension PostSchema {
    /// A post's row stays without its text: replies hang below it, and its id is never given again.
    /// - Parameter clock: for the events that tell of deleted posts.
    package static func erasure(_ clock: WallClock) -> [ErasureStep] {
        [
            posts(clock),
            .rows("pins", key: "post_id"), .rows("post_views", key: "post_id"),
            .rows("planned_posts", key: "planned_id"), reposts(clock),
            votes(clock), namings,
            .rows("tag_follows", key: "tag"),
        ]
    }

    /// Posts of others that name the account.
    private static let namings = ErasureStep([ErasedTable("mentions")]) { account, limit, store in
        ["mentions": try MentionRows.delete(naming: account, limit: limit, store)]
    }

    private static func votes(_ clock: WallClock) -> ErasureStep {
        ErasureStep([ErasedTable("poll_votes")]) { account, limit, store in
            ["poll_votes": try PollRows.withdrawVotes(of: account, limit: limit, now: clock.now(), store)]
        }
    }

    private static func reposts(_ clock: WallClock) -> ErasureStep {
        ErasureStep([
            ErasedTable("reposts", where: "sharer_id = $1"), ErasedTable("post_shares", where: "sharer_id = $1"),
        ]) { account, limit, store in
            let shared = try store.query(
                "SELECT post_id FROM reposts WHERE sharer_id = $1 AND bucket = $2 ORDER BY position LIMIT $3",
                [.integer(account.rawValue), .integer(Int64(account.bucket)), .integer(Int64(limit))]
            ) { $0.id(0, Post.self) }
            for post in shared {
                if let share = try ShareWrites.stored(post, by: account, store) {
                    try ShareWrites.delete(share, of: post, by: account, now: clock.now(), store)
                } else {
                    try store.execute(
                        "DELETE FROM reposts WHERE sharer_id = $1 AND bucket = $2 AND post_id = $3",
                        [.integer(account.rawValue), .integer(Int64(account.bucket)), .integer(post.rawValue)])
                }
            }
            return shared.isEmpty ? [:] : ["reposts": shared.count, "post_shares": shared.count]
        }
    }

    private static func posts(_ clock: WallClock) -> ErasureStep {
        ErasureStep([
            ErasedTable("posts", where: "author_id = $1 AND (state <> 5 OR content <> '')"),
            ErasedTable("post_revisions", where: "post_id IN (SELECT id FROM posts WHERE author_id = $1)"),
            ErasedTable("post_tags", where: "author_id = $1"),
            ErasedTable("polls", where: "author_id = $1"),
        ]) { account, limit, store in
            let ids = try store.query(
                "SELECT id FROM posts WHERE author_id = $1 AND bucket = $2 AND state <> 5 LIMIT $3",
                [.integer(account.rawValue), .integer(Int64(account.bucket)), .integer(Int64(limit))]
            ) { $0.id(0, Post.self) }
            guard !ids.isEmpty else { return [:] }
            let revisions = try store.integer(
                "SELECT count(*) FROM post_revisions WHERE post_id IN (SELECT value FROM list($1))",
                [.list(ids.map(\.rawValue))])
            let tags = try store.execute(
                """
                DELETE FROM post_tags WHERE position IN (
                    SELECT position FROM posts WHERE author_id = $1 AND bucket = $2 AND id IN (SELECT value FROM list($3)))
                """,
                [.integer(account.rawValue), .integer(Int64(account.bucket)), .list(ids.map(\.rawValue))])
            var polls = 0
            for id in ids {
                if try PollRows.delete(of: id, store) { polls += 1 }
                try erase(id, of: account, now: clock.now(), store)
            }
            return ["posts": ids.count, "post_revisions": Int(clamping: revisions), "polls": polls, "post_tags": tags]
        }
    }

    private static func erase(_ id: ID<Post>, of account: ID<Account>, now: Int64, _ store: any SQLWriter) throws {
        if let post = try PostService.ownPost(id, account, orRemoved: true, store) {
            return try PostDeletion.delete(id, author: account, post, now: now, store)
        }
        // One that nobody else has seen: nobody is told.
        try store.execute(
            "UPDATE posts SET state = 5, content = '' WHERE id = $1 AND bucket = $2",
            [.integer(id.rawValue), .integer(Int64(id.bucket))])
        try store.execute("DELETE FROM post_revisions WHERE post_id = $1", [.integer(id.rawValue)])
    }
}
