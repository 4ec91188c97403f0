import Accounts
import Core
import Engagement
import Posts
import SQL

/// What the account keeps for later, and in which folders.
struct BookmarkSection: ExportSection {
    struct Item: Codable, Sendable, DatedItem {
        let bookmarkId: ExportedID
        let postId: ExportedID
        let folder: String
        let createdAt: ExportedTime

        var datedBy: ExportedID { bookmarkId }
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
        ) { row in
            let id = row.exportedID(0)
            return (
                row.int64(0),
                Item(
                    bookmarkId: id, postId: row.exportedID(1), folder: row.text(2), createdAt: ExportedTime(of: id))
            )
        }
    }

    func key(of item: Item) -> Int64? { item.bookmarkId.value }

    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration {
        guard item.folder.count <= Limits.bookmarkFolderCharactersMax, !item.folder.utf8.contains(0),
            item.folder.utf8.count <= Limits.bookmarkFolderBytesMax
        else { throw ArchiveError("folder is too long") }
        guard let target = try restoring.target(item.postId) else { return .kept }
        try restoring.store.execute(
            "INSERT INTO bookmarks (account_id, post_id, folder, bookmark_id) VALUES ($1, $2, $3, $4)",
            [
                .integer(restoring.account.rawValue), .integer(target.id.rawValue), .text(item.folder),
                .integer(item.bookmarkId.value),
            ])
        try restoring.mark(.bookmarked, ViewerFlags.Field.bookmarked.mask, on: target.id)
        return .restored
    }
}

/// The posts that the account shows first.
struct PinSection: ExportSection {
    struct Item: Codable, Sendable, DatedItem {
        let pinId: ExportedID
        let postId: ExportedID
        let createdAt: ExportedTime

        var datedBy: ExportedID { pinId }
    }

    let name = "pins"
    let tables = ["pins"]

    func items(
        of account: ID<Account>, after key: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [(key: Int64, item: Item)] {
        try store.query(
            "SELECT post_id, pin_id FROM pins WHERE account_id = $1 AND post_id > $2 ORDER BY post_id LIMIT $3",
            [.integer(account.rawValue), .integer(key), .integer(Int64(limit))]
        ) { row in
            let id = row.exportedID(1)
            return (row.int64(0), Item(pinId: id, postId: row.exportedID(0), createdAt: ExportedTime(of: id)))
        }
    }

    func key(of item: Item) -> Int64? { item.postId.value }

    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration {
        let account = SQLValue.integer(restoring.account.rawValue)
        let count = try restoring.store.integer("SELECT count(*) FROM pins WHERE account_id = $1", [account])
        guard count < Limits.pinnedPostsMax, let target = try restoring.target(item.postId),
            target.author == restoring.account
        else { return .kept }
        try restoring.store.execute(
            "INSERT INTO pins (account_id, post_id, pin_id) VALUES ($1, $2, $3)",
            [account, .integer(item.postId.value), .integer(item.pinId.value)])
        return .restored
    }
}

/// What the account wants to see more and less of, and what it hid.
struct FeedbackSection: ExportSection {
    struct Item: Codable, Sendable, DatedItem {
        let feedbackId: ExportedID
        let postId: ExportedID
        let kind: String
        let createdAt: ExportedTime

        var datedBy: ExportedID { feedbackId }
    }

    let name = "feedback"
    let tables = ["post_feedback"]

    func items(
        of account: ID<Account>, after key: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [(key: Int64, item: Item)] {
        try store.query(
            """
            SELECT post_id, kind, feedback_id FROM post_feedback WHERE account_id = $1 AND post_id > $2
            ORDER BY post_id LIMIT $3
            """, [.integer(account.rawValue), .integer(key), .integer(Int64(limit))]
        ) { row in
            let id = row.exportedID(2)
            return (
                row.int64(0),
                Item(
                    feedbackId: id, postId: row.exportedID(0),
                    kind: (Feedback(rawValue: row.int64(1)) ?? .more).name, createdAt: ExportedTime(of: id))
            )
        }
    }

    func key(of item: Item) -> Int64? { item.postId.value }

    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration {
        guard let feedback = Feedback(name: item.kind) else {
            throw ArchiveError("kind is not as it must be")
        }
        guard let target = try restoring.target(item.postId),
            try EngagementSchema.restore(
                feedback, row: item.feedbackId.value, on: target.id, by: restoring.account, restoring.store)
        else { return .kept }
        return .restored
    }
}

/// Which posts the account had in sight within the last thirty days.
struct ViewSection: ExportSection {
    struct Item: Codable, Sendable {
        let postId: ExportedID
        let views: Int64
        let seenAt: ExportedTime
    }

    let name = "views"
    let tables = ["post_views"]

    func items(
        of account: ID<Account>, after key: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [(key: Int64, item: Item)] {
        try store.query(
            """
            SELECT post_id, views, seen_at FROM post_views WHERE account_id = $1 AND post_id > $2
            ORDER BY post_id LIMIT $3
            """, [.integer(account.rawValue), .integer(key), .integer(Int64(limit))]
        ) { ($0.int64(0), Item(postId: $0.exportedID(0), views: $0.int64(1), seenAt: $0.time(2))) }
    }

    func key(of item: Item) -> Int64? { item.postId.value }

    /// Also of posts that are not here: they are forgotten in time like any other, and counted should the post come.
    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration {
        try restoring.requirePast(item.seenAt, named: "seen_at")
        // One counts in each interval since the post was there.
        let age = item.seenAt.milliseconds - Snowflake(rawValue: item.postId.value).unixMilliseconds
        guard item.views > 0, item.views - 2 <= max(0, age) / Limits.viewInterval else {
            throw ArchiveError("views is not as it must be")
        }
        try restoring.store.execute(
            """
            INSERT INTO post_views (bucket, post_id, account_id, views, seen_at) VALUES ($1, $2, $3, $4, $5)
            """,
            [
                .integer(Int64(item.postId.id(Post.self).bucket)), .integer(item.postId.value),
                .integer(restoring.account.rawValue), .integer(item.views), .integer(item.seenAt.milliseconds),
            ])
        var growth = ViewRows.Growth()
        (growth.views, growth.reach) = (item.views, 1)
        try ViewRows.count(growth, of: item.postId.id(), on: item.seenAt.milliseconds / 86_400_000, restoring.store)
        return .restored
    }
}
