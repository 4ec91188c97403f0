import Accounts
import Core
import EventLog
import SQL

/// Turns posts into tombstones.
enum PostDeletion {
    static func delete(
        _ id: ID<Post>, author: ID<Account>, _ old: PostService.Stored, now: Int64, _ store: any SQLWriter
    ) throws {
        try store.execute(
            "UPDATE posts SET state = 5, content = '' WHERE id = $1 AND bucket = $2",
            [.integer(id.rawValue), .integer(Int64(id.bucket))])
        try store.execute("DELETE FROM post_revisions WHERE post_id = $1", [.integer(id.rawValue)])
        try Outbox.append(
            Event(
                .postDeleted, key: author.rawValue, subject: id.rawValue, object: old.replyToAuthor,
                position: old.position, flags: PostFlags(visibility: old.visibility).rawValue, occurredAt: now),
            in: store)
        store.announce(.post(id.rawValue, author: author.rawValue, position: old.position))
    }
}
