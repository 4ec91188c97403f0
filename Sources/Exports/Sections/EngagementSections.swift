import Accounts
import Core
import Engagement
import EventLog
import Posts
import SQL

/// What the account shared.
struct RepostSection: ExportSection {
    struct Item: Codable, Sendable {
        let repost: ExportedID
        let post: ExportedID
        let sharedAt: ExportedTime
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
        ) { ($0.int64(0), Item(repost: $0.exportedID(0), post: $0.exportedID(1), sharedAt: $0.time(2))) }
    }

    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration {
        let post: ID<Post> = item.post.id()
        try restoring.requirePast(item.repost.value)
        guard Snowflake(rawValue: item.repost.value).bucket == restoring.account.bucket else {
            throw ArchiveError("a repost is not where its sharer's are")
        }
        guard let position = try restoring.positionOfOwn(post) else { return .kept }
        try restoring.store.execute(
            "INSERT INTO reposts (position, bucket, sharer_id, post_id, created_at) VALUES ($1, $2, $3, $4, $5)",
            [
                .integer(item.repost.value), .integer(Int64(restoring.account.bucket)),
                .integer(restoring.account.rawValue), .integer(post.rawValue), .integer(item.sharedAt.milliseconds),
            ])
        try restoring.store.execute(
            "INSERT INTO post_shares (bucket, post_id, position, sharer_id) VALUES ($1, $2, $3, $4)",
            [
                .integer(Int64(post.bucket)), .integer(post.rawValue), .integer(item.repost.value),
                .integer(restoring.account.rawValue),
            ])
        try restoring.mark(.shared, ViewerFlags.Field.shared.mask, on: post)
        restoring.countShare(of: post.rawValue, at: position)
        return .restored
    }
}

/// What the account liked, loved and so on.
struct ReactionSection: ExportSection {
    struct Item: Codable, Sendable {
        let row: ExportedID
        let post: ExportedID
        let reaction: String
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
            return (
                row.int64(0), Item(row: row.exportedID(1), post: row.exportedID(0), reaction: reaction.name)
            )
        }
    }

    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration {
        guard let reaction = Reaction(name: item.reaction) else { throw ArchiveError("a reaction has no such kind") }
        let post: ID<Post> = item.post.id()
        guard let position = try restoring.positionOfOwn(post) else { return .kept }
        try EngagementSchema.restore(
            reaction, row: item.row.value, to: post, at: position, by: restoring.account, now: restoring.now,
            restoring.store)
        try restoring.mark(.reaction, reaction.rawValue, on: post)
        return .restored
    }
}

/// What the account keeps for later, and in which folders.
struct BookmarkSection: ExportSection {
    struct Item: Codable, Sendable {
        let row: ExportedID
        let post: ExportedID
        let folder: String
    }

    let name = "bookmarks"
    let tables = ["bookmarks"]

    func items(
        of account: ID<Account>, after key: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [(key: Int64, item: Item)] {
        try store.query(
            """
            SELECT bookmark_id, post_id, folder FROM bookmarks WHERE account_id = $1 AND bookmark_id > $2
            ORDER BY bookmark_id LIMIT $3
            """, [.integer(account.rawValue), .integer(key), .integer(Int64(limit))]
        ) { ($0.int64(0), Item(row: $0.exportedID(0), post: $0.exportedID(1), folder: $0.text(2))) }
    }

    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration {
        guard item.folder.count <= Limits.bookmarkFolderCharactersMax, !item.folder.utf8.contains(0),
            item.folder.utf8.count <= Limits.bookmarkFolderBytesMax
        else { throw ArchiveError("a folder's name is too long") }
        let post: ID<Post> = item.post.id()
        guard try restoring.positionOfOwn(post) != nil else { return .kept }
        try restoring.store.execute(
            "INSERT INTO bookmarks (account_id, post_id, folder, bookmark_id) VALUES ($1, $2, $3, $4)",
            [
                .integer(restoring.account.rawValue), .integer(post.rawValue), .text(item.folder),
                .integer(item.row.value),
            ])
        try restoring.mark(.bookmarked, ViewerFlags.Field.bookmarked.mask, on: post)
        return .restored
    }
}

/// The posts that the account shows first.
struct PinSection: ExportSection {
    struct Item: Codable, Sendable {
        let row: ExportedID
        let post: ExportedID
    }

    let name = "pins"
    let tables = ["pins"]

    func items(
        of account: ID<Account>, after key: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [(key: Int64, item: Item)] {
        try store.query(
            "SELECT post_id, pin_id FROM pins WHERE account_id = $1 AND post_id > $2 ORDER BY post_id LIMIT $3",
            [.integer(account.rawValue), .integer(key), .integer(Int64(limit))]
        ) { ($0.int64(0), Item(row: $0.exportedID(1), post: $0.exportedID(0))) }
    }

    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration {
        let account = SQLValue.integer(restoring.account.rawValue)
        let count = try restoring.store.integer("SELECT count(*) FROM pins WHERE account_id = $1", [account])
        guard count < Limits.pinnedPostsMax, try restoring.positionOfOwn(item.post.id()) != nil else { return .kept }
        try restoring.store.execute(
            "INSERT INTO pins (account_id, post_id, pin_id) VALUES ($1, $2, $3)",
            [account, .integer(item.post.value), .integer(item.row.value)])
        return .restored
    }
}
