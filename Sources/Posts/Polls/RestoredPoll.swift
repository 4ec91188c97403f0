import Accounts
import Core
import SQL

/// A poll that comes back with an archive, without the votes of others: those are theirs.
package struct RestoredPoll: Sendable {
    package let options: [String]
    package let isMultiple: Bool
    package let hidesTotals: Bool
    package let closesAt: Int64

    /// - Throws: `PostsError.invalid` for options that no poll has.
    package init(options: [String], isMultiple: Bool, hidesTotals: Bool, closesAt: Int64) throws {
        _ = try PollDraft(
            options: options, isMultiple: isMultiple, hidesTotals: hidesTotals, seconds: Limits.pollSeconds.lowerBound,
            isRestored: true)
        self.options = options
        self.isMultiple = isMultiple
        self.hidesTotals = hidesTotals
        self.closesAt = closesAt
    }

    /// Adds it to a post. The end of one that is over has been told where it came from.
    package func insert(
        for post: ID<Post>, of author: ID<Account>, at position: Int64, now: Int64, _ store: any SQLWriter
    ) throws {
        try store.execute(
            """
            INSERT INTO polls (bucket, post_id, author_id, position, options, is_multiple, hides_totals, closes_at, stage)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            PollRows.key(post) + [
                .integer(author.rawValue), .integer(position), .text(options.joined(separator: "\n")),
                .flag(isMultiple), .flag(hidesTotals), .integer(closesAt), .integer(closesAt <= now ? 2 : 0),
            ])
    }

    /// Brings back what an account chose in a poll: its own, or one that still takes votes.
    /// - Returns: whether it did; not where there is no such poll, or a vote in it.
    /// - Throws: `PostsError.invalid` for choices that it does not have.
    package static func vote(
        _ choices: PollChoices, in post: ArchiveTarget, by voter: ID<Account>, now: Int64, _ store: any SQLWriter
    ) throws -> Bool {
        let poll = try store.first(
            "SELECT options, is_multiple, closes_at, stage FROM polls WHERE bucket = $1 AND post_id = $2",
            PollRows.key(post.id)
        ) { row in
            (
                Poll(
                    options: PollRows.options(row.text(0)), isMultiple: row.flag(1), hidesTotals: false,
                    closesAt: row.int64(2)), isOpen: row.int64(3) == 0
            )
        }
        guard let (poll, isOpen) = poll, post.author == voter || (isOpen && poll.closesAt > now) else { return false }
        try poll.check(choices)
        let added = try store.execute(
            """
            INSERT INTO poll_votes (bucket, post_id, account_id, choices) VALUES ($1, $2, $3, $4)
            ON CONFLICT DO NOTHING
            """, PollRows.key(post.id) + [.integer(voter.rawValue), .integer(choices.rawValue)])
        guard added == 1 else { return false }
        for statement in MarkQueries.set(.vote, to: choices.flags, of: post.id, by: voter) {
            try store.execute(statement.sql, statement.arguments)
        }
        return true
    }
}
