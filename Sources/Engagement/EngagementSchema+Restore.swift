import Accounts
import Core
import EventLog
import Posts
import SQL

extension EngagementSchema {
    /// Brings a reaction back that came with an archive.
    package static func restore(
        _ reaction: Reaction, row: Int64, to post: ID<Post>, at position: Int64, by account: ID<Account>, now: Int64,
        _ store: any SQLWriter
    ) throws {
        try store.execute(
            "INSERT INTO reactions (bucket, post_id, actor_id, kind, reaction_id) VALUES ($1, $2, $3, $4, $5)",
            [
                .integer(Int64(post.bucket)), .integer(post.rawValue), .integer(account.rawValue),
                .integer(reaction.rawValue), .integer(row),
            ])
        try Outbox.append(
            Event(
                .reacted, key: account.rawValue, subject: post.rawValue, object: account.rawValue, position: position,
                flags: ReactionFlags(now: reaction, before: nil).rawValue, occurredAt: now), in: store)
    }
}
