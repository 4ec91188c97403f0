import Accounts
import Core
import EventLog
import SQL

/// Ends posts.
enum PostDeletion {
    /// Turns a post into a tombstone.
    static func delete(
        _ id: ID<Post>, author: ID<Account>, _ old: PostService.Stored, now: Int64, _ store: any SQLWriter
    ) throws {
        try store.execute(
            "UPDATE posts SET state = 5, content = '' WHERE id = $1 AND bucket = $2",
            [.integer(id.rawValue), .integer(Int64(id.bucket))])
        try store.execute("DELETE FROM post_revisions WHERE post_id = $1", [.integer(id.rawValue)])
        try PollRows.delete(of: id, store)
        // One that was removed has been taken out of all else then.
        if !old.isRemoved { try withdraw(id, author: author, old, now: now, store) }
    }

    /// Takes somebody's comment away from everyone, its author too. Its text stays for as long as its author does not
    /// delete it, who may ask why it was removed.
    static func remove(
        _ id: ID<Post>, author: ID<Account>, _ old: PostService.Stored, now: Int64, _ store: any SQLWriter
    ) throws {
        try store.execute(
            "UPDATE posts SET state = 4 WHERE id = $1 AND bucket = $2",
            [.integer(id.rawValue), .integer(Int64(id.bucket))])
        try withdraw(id, author: author, old, now: now, store)
    }

    /// For readers and counters a post is gone, whoever ended it.
    private static func withdraw(
        _ id: ID<Post>, author: ID<Account>, _ old: PostService.Stored, now: Int64, _ store: any SQLWriter
    ) throws {
        if let quote = old.quote { try QuoteRows.delete(position: old.position, of: quote, store) }
        if let parent = old.replyTo { try ReplyRows.withdraw(id, at: old.position, below: parent, store) }
        try MentionRows.delete(of: id, store)
        try TagRows.delete(of: old.content, at: old.position, store)
        try store.execute(
            "DELETE FROM pins WHERE account_id = $1 AND post_id = $2",
            [.integer(author.rawValue), .integer(id.rawValue)])
        try Outbox.append(
            Event(
                .postDeleted, key: author.rawValue, subject: id.rawValue, object: old.replyToAuthor,
                position: old.position, flags: PostFlags(visibility: old.visibility).rawValue,
                list: old.quote?.list ?? [], occurredAt: now),
            in: store)
        store.announce(.post(id.rawValue, author: author.rawValue, position: old.position))
    }
}
