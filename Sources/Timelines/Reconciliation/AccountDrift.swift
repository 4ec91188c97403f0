import Accounts
import Core
import SQL

/// Counters of accounts, and what is missing in them.
enum AccountDrift {
    /// Accounts above `id` in the order of their ids, with how many rows their counters stand for.
    static func slice(above id: Int64, _ store: any SQLReader) throws -> [CountedSlice.Item] {
        try store.query(
            """
            SELECT u.id, coalesce(c.followers, 0) + coalesce(c.following, 0) + coalesce(c.posts, 0)
            FROM users u LEFT JOIN account_counters c ON c.account_id = u.id
            WHERE u.id > $1 ORDER BY u.id LIMIT $2
            """, [.integer(id), .integer(Int64(Limits.reconciledAtOnce))]
        ) { CountedSlice.Item(id: $0.int64(0), place: $0.int64(0), rows: $0.int64(1)) }
    }

    /// What must be added to the counters of these accounts, of those that are wrong.
    static func missing(of accounts: [Int64], _ store: any SQLReader) throws -> [AccountCounters] {
        try store.query(
            """
            SELECT k.value,
                (SELECT count(*) FROM followers f WHERE f.followee_id = k.value) - coalesce(c.followers, 0),
                (SELECT count(*) FROM following f WHERE f.follower_id = k.value) - coalesce(c.following, 0),
                (SELECT count(*) FROM posts p WHERE p.author_id = k.value AND p.bucket = ((k.value >> 12) & 1023)
                    AND p.state = 3 AND p.visibility = 0) - coalesce(c.posts, 0)
            FROM list($1) AS k LEFT JOIN account_counters c ON c.account_id = k.value ORDER BY k.value
            """, [.list(accounts)]
        ) { row in
            AccountCounters(
                account: row.int64(0), followers: row.int64(1), following: row.int64(2), posts: row.int64(3))
        }.filter { $0.followers != 0 || $0.following != 0 || $0.posts != 0 }
    }

    /// - Returns: how many counters were wrong.
    static func repair(_ missing: [AccountCounters], _ store: any SQLWriter) throws -> Int {
        try AccountCountersConsumer().add(missing, store)
        return missing.reduce(0) { sum, counters in
            sum + [counters.followers, counters.following, counters.posts].filter { $0 != 0 }.count
        }
    }
}
