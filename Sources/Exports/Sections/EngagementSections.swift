import Accounts
import Core
import Engagement
import EventLog
import Posts
import SQL

/// What the account shared.
struct RepostSection: ExportSection {
    struct Item: Codable, Sendable {
        let repostId: ExportedID
        let postId: ExportedID
        let createdAt: ExportedTime
    }

    let name = "reposts"
    let tables = ["reposts"]

    func items(
        of account: ID<Account>, after key: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [(key: Int64, item: Item)] {
        try store.query(
            """
            SELECT position, post_id, created_at FROM reposts WHERE sharer_id = $1 AND bucket = $2 AND position > $3
            ORDER BY position LIMIT $4
            """,
            [
                .integer(account.rawValue), .integer(Int64(account.bucket)), .integer(key), .integer(Int64(limit)),
            ]
        ) { ($0.int64(0), Item(repostId: $0.exportedID(0), postId: $0.exportedID(1), createdAt: $0.time(2))) }
    }

    func key(of item: Item) -> Int64? { item.repostId.value }

    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration {
        let post: ID<Post> = item.postId.id()
        try restoring.requirePast(item.repostId.value)
        try restoring.requirePast(item.createdAt, named: "created_at")
        guard Snowflake(rawValue: item.repostId.value).bucket == restoring.account.bucket else {
            throw ArchiveError("repost_id is not one of this account's")
        }
        let place: [SQLValue] = [item.repostId.sql, .integer(Int64(restoring.account.bucket))]
        guard
            try restoring.store.integer("SELECT count(*) FROM posts WHERE position = $1 AND bucket = $2", place) == 0
        else { throw ArchiveError("repost_id is the place of a post") }
        guard let target = try restoring.target(item.postId), target.mayBeShared else { return .kept }
        try restoring.store.execute(
            "INSERT INTO reposts (position, bucket, sharer_id, post_id, created_at) VALUES ($1, $2, $3, $4, $5)",
            [
                .integer(item.repostId.value), .integer(Int64(restoring.account.bucket)),
                .integer(restoring.account.rawValue), .integer(post.rawValue), .integer(item.createdAt.milliseconds),
            ])
        try restoring.store.execute(
            "INSERT INTO post_shares (bucket, post_id, position, sharer_id) VALUES ($1, $2, $3, $4)",
            [
                .integer(Int64(post.bucket)), .integer(post.rawValue), .integer(item.repostId.value),
                .integer(restoring.account.rawValue),
            ])
        try restoring.mark(.shared, ViewerFlags.Field.shared.mask, on: post)
        restoring.countShare(of: post.rawValue, at: target.position)
        return .restored
    }
}

/// What the account liked, loved and so on.
struct ReactionSection: ExportSection {
    struct Item: Codable, Sendable, DatedItem {
        let reactionId: ExportedID
        let postId: ExportedID
        let reaction: String
        let createdAt: ExportedTime

        var datedBy: ExportedID { reactionId }
    }

    let name = "reactions"
    let tables = ["reactions"]

    func items(
        of account: ID<Account>, after key: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [(key: Int64, item: Item)] {
        try store.query(
            """
            SELECT r.post_id, r.reaction_id, r.kind FROM viewer_marks m JOIN reactions r
                ON r.bucket = ((m.post_id >> 12) & 1023) AND r.post_id = m.post_id AND r.actor_id = m.account_id
            WHERE m.account_id = $1 AND m.post_id > $2 AND (m.flags & 7) <> 0 ORDER BY m.post_id LIMIT $3
            """, [.integer(account.rawValue), .integer(key), .integer(Int64(limit))]
        ) { row in
            let reaction = Reaction(rawValue: row.int64(2)) ?? .like
            let item = Item(
                reactionId: row.exportedID(1), postId: row.exportedID(0), reaction: reaction.name,
                createdAt: ExportedTime(of: row.exportedID(1)))
            return (row.int64(0), item)
        }
    }

    func key(of item: Item) -> Int64? { item.postId.value }

    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration {
        guard let reaction = Reaction(name: item.reaction) else { throw ArchiveError("reaction is not as it must be") }
        guard let target = try restoring.target(item.postId) else { return .kept }
        try EngagementSchema.restore(
            reaction, row: item.reactionId.value, to: target.id, by: restoring.account, restoring.store)
        try restoring.mark(.reaction, reaction.rawValue, on: target.id)
        restoring.count(reaction, to: target.id.rawValue, at: target.position)
        return .restored
    }
}

/// What the account chose in polls.
struct VoteSection: ExportSection {
    struct Item: Codable, Sendable {
        let postId: ExportedID
        /// Of the poll's options, counted from 0.
        let choices: [Int64]
    }

    let name = "votes"
    let tables = ["poll_votes"]

    func items(
        of account: ID<Account>, after key: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [(key: Int64, item: Item)] {
        try store.query(
            """
            SELECT post_id, choices FROM poll_votes WHERE account_id = $1 AND post_id > $2 ORDER BY post_id LIMIT $3
            """, [.integer(account.rawValue), .integer(key), .integer(Int64(limit))]
        ) { row in
            let choices = PollChoices(rawValue: row.int64(1)).indices.map { Int64($0) }
            return (row.int64(0), Item(postId: row.exportedID(0), choices: choices))
        }
    }

    func key(of item: Item) -> Int64? { item.postId.value }

    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration {
        let choices = try PollChoices(item.choices)
        guard choices.indices.map({ Int64($0) }) == item.choices else {
            throw ArchiveError("choices are not in their order")
        }
        guard let target = try restoring.target(item.postId),
            try RestoredPoll.vote(choices, in: target, by: restoring.account, now: restoring.now, restoring.store)
        else { return .kept }
        restoring.count(choices, in: target.id.rawValue, at: target.position)
        return .restored
    }
}
