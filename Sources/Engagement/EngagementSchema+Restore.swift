import Accounts
import Core
import Posts
import SQL

extension EngagementSchema {
    /// Brings a reaction back that came with an archive. Counters are told by whoever brings it, and nobody else is.
    package static func restore(
        _ reaction: Reaction, row: Int64, to post: ID<Post>, by account: ID<Account>, _ store: any SQLWriter
    ) throws {
        try store.execute(
            "INSERT INTO reactions (bucket, post_id, actor_id, kind, reaction_id) VALUES ($1, $2, $3, $4, $5)",
            [
                .integer(Int64(post.bucket)), .integer(post.rawValue), .integer(account.rawValue),
                .integer(reaction.rawValue), .integer(row),
            ])
    }

    /// Brings back what an account said of a post for its own feed's sake.
    /// - Returns: whether it did; not where it said as much as is kept.
    package static func restore(
        _ feedback: Feedback, row: Int64, on post: ID<Post>, by account: ID<Account>, _ store: any SQLWriter
    ) throws -> Bool {
        guard try FeedbackRows.count(of: account, store) < Limits.feedbackRowsMax else { return false }
        try FeedbackRows.set(feedback, on: post, by: account, row: ID(row), store)
        return true
    }
}
