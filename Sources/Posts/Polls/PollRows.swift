import Accounts
import Core
import EventLog
import SQL

/// Reads and writes of the polls' tables.
enum PollRows {
    static func insert(_ poll: Poll, of post: Post) -> Statement {
        Statement(
            """
            INSERT INTO polls (bucket, post_id, author_id, position, options, is_multiple, hides_totals, closes_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            key(post.id) + [
                .integer(post.author.rawValue), .integer(post.position.rawValue),
                .text(poll.options.joined(separator: "\n")), .integer(poll.isMultiple ? 1 : 0),
                .integer(poll.hidesTotals ? 1 : 0), .integer(poll.closesAt),
            ])
    }

    /// Options as they are stored, one to a line.
    static func options(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// Takes a poll with its texts away; what was voted stays with the voters.
    /// - Returns: whether there was one.
    @discardableResult
    static func delete(of post: ID<Post>, _ store: any SQLWriter) throws -> Bool {
        try store.execute("DELETE FROM polls WHERE bucket = $1 AND post_id = $2", key(post)) > 0
    }

    /// The polls of these posts, with their votes.
    static func polls(
        of posts: [ID<Post>], dialect: Dialect, _ store: any SQLReader
    ) throws -> [ID<Post>: Poll] {
        guard !posts.isEmpty else { return [:] }
        let wanted: [SQLValue] = [.list(posts.map(\.rawValue))]
        let rows = try store.query(
            """
            SELECT p.post_id, p.options, p.is_multiple, p.hides_totals, p.closes_at, p.stage FROM list($1) AS wanted
            \(join("polls", as: "p", rowsMax: 1, dialect))
            """, wanted
        ) { row in
            var poll = Poll(
                options: options(row.text(1)),
                isMultiple: row.flag(2), hidesTotals: row.flag(3), closesAt: row.int64(4))
            poll.isClosed = row.int64(5) > 0
            return (row.id(0, Post.self), poll)
        }
        var polls = Dictionary(rows) { first, _ in first }
        try store.forEach(
            """
            SELECT c.post_id, c.choice, c.votes FROM list($1) AS wanted
            \(join("poll_counters", as: "c", rowsMax: Limits.pollOptions.upperBound + 1, dialect))
            """, wanted
        ) { row in
            polls[row.id(0)]?.count(choice: row.int64(1), votes: row.int64(2))
            return true
        }
        return polls
    }

    /// Joins the few rows of the wanted posts. PostgreSQL would weigh reading the whole table.
    private static func join(_ table: String, as name: String, rowsMax: Int, _ dialect: Dialect) -> String {
        let key = "\(name).bucket = ((wanted.value >> 12) & 1023) AND \(name).post_id = wanted.value"
        guard dialect == .postgreSQL else { return "JOIN \(table) \(name) ON \(key)" }
        return "CROSS JOIN LATERAL (SELECT * FROM \(table) \(name) WHERE \(key) LIMIT \(rowsMax)) AS \(name)"
    }

    /// Casts a vote where the transaction finds the poll open and no vote of the account's in it.
    static func vote(
        _ choices: PollChoices, in post: ID<Post>, by voter: ID<Account>, now: Int64, otherwise error: any Error
    ) -> Statement {
        Statement(
            """
            INSERT INTO poll_votes (bucket, post_id, account_id, choices) SELECT $1, $2, $3, $4 FROM polls
            WHERE bucket = $1 AND post_id = $2 AND stage = 0 AND closes_at > $5
                AND EXISTS (SELECT 1 FROM users WHERE id = $3 AND state = 0)
            ON CONFLICT (bucket, post_id, account_id) DO NOTHING
            """, key(post) + [.integer(voter.rawValue), .integer(choices.rawValue), .integer(now)],
            expecting: .rows(1, otherwise: error))
    }

    /// Takes votes of an account back and tells the counters.
    /// - Returns: how many.
    static func withdrawVotes(
        of account: ID<Account>, limit: Int, now: Int64, _ store: any SQLWriter
    ) throws -> Int {
        let votes = try store.query(
            "SELECT post_id, choices FROM poll_votes WHERE account_id = $1 ORDER BY post_id LIMIT $2",
            [.integer(account.rawValue), .integer(Int64(limit))]
        ) { (post: $0.id(0, Post.self), choices: $0.int64(1)) }
        for (post, choices) in votes {
            try store.execute(
                "DELETE FROM poll_votes WHERE bucket = $1 AND post_id = $2 AND account_id = $3",
                key(post) + [.integer(account.rawValue)])
            let position = try store.first(
                "SELECT position FROM polls WHERE bucket = $1 AND post_id = $2", key(post)
            ) { $0.int64(0) }
            try Outbox.append(
                Event(
                    .unvoted, key: account.rawValue, subject: post.rawValue, position: position ?? 0, flags: choices,
                    occurredAt: now), in: store)
        }
        return votes.count
    }

    static func key(_ post: ID<Post>) -> [SQLValue] {
        [.integer(Int64(post.bucket)), .integer(post.rawValue)]
    }
}

extension Poll {
    fileprivate mutating func count(choice: Int64, votes count: Int64) {
        if choice < 0 { voters = max(0, count) } else if choice < votes.count { votes[Int(choice)] = max(0, count) }
    }
}
