import Accounts
import Core
import SQL

/// The accounts that posts mention, as rows that lie with the post. A name is one account's for ever, so that they stay right.
package enum MentionRows {
    /// The accounts of these usernames that anybody can see: to a post, those that are suspended, leaving or gone are nobody.
    /// - Parameters:
    ///   - names: no more than `Limits.mentionsMax`.
    ///   - evenAway: those that are suspended or leaving as well, for posts that named them before.
    static func accounts(
        named names: [String], evenAway: Bool = false, _ store: any SQLReader
    ) throws -> MentionedAccounts {
        guard let first = names.first else { return [:] }
        // Lists have few lengths, so that the engines see few statements.
        var count = 1
        while count < names.count { count *= 2 }
        let padded = names + Array(repeating: first, count: count - names.count)
        let places = (1...count).map { "$\($0)" }.joined(separator: ", ")
        let found = try store.query(
            "SELECT username, id FROM users WHERE username IN (\(places)) AND state \(evenAway ? "<> 2" : "= 0")",
            padded.map { .text($0) }
        ) { ($0.text(0), $0.id(1, Account.self)) }
        return Dictionary(found) { first, _ in first }
    }

    /// Adds the rows of many posts that were written before, and may come back with an account that is not shown yet.
    /// - Parameter names: that each of the posts mentions.
    package static func insert(_ names: [[String]], of posts: [ID<Post>], _ store: any SQLWriter) throws {
        let all = Array(Set(names.joined()))
        var known: MentionedAccounts = [:]
        for start in stride(from: 0, to: all.count, by: Limits.mentionsMax) {
            let some = Array(all[start...].prefix(Limits.mentionsMax))
            known.merge(try accounts(named: some, evenAway: true, store)) { first, _ in first }
        }
        for (post, names) in zip(posts, names) {
            let accounts = names.compactMap { known[$0] }
            guard !accounts.isEmpty else { continue }
            let insert = insert(accounts, of: post)
            try store.execute(insert.sql, insert.arguments)
        }
    }

    /// The ids of the accounts that these posts mention; posts without any are missing.
    package static func accountIDs(
        of posts: [ID<Post>], _ store: any SQLReader
    ) throws -> [ID<Post>: [ID<Account>]] {
        var accounts: [ID<Post>: [ID<Account>]] = [:]
        try store.forEach(
            """
            SELECT m.post_id, m.account_id FROM list($1) AS wanted
            JOIN mentions m ON m.bucket = ((wanted.value >> 12) & 1023) AND m.post_id = wanted.value
            """, [.list(posts.map(\.rawValue))]
        ) { row in
            accounts[row.id(0), default: []].append(row.id(1))
            return true
        }
        return accounts
    }

    /// The accounts that these posts mention; posts without any are missing.
    static func accounts(
        of posts: [ID<Post>], _ store: any SQLReader
    ) throws -> [ID<Post>: MentionedAccounts] {
        guard !posts.isEmpty else { return [:] }
        var accounts: [ID<Post>: MentionedAccounts] = [:]
        try store.forEach(
            """
            SELECT m.post_id, u.username, u.id FROM list($1) AS wanted
            JOIN mentions m ON m.bucket = ((wanted.value >> 12) & 1023) AND m.post_id = wanted.value
            JOIN users u ON u.id = m.account_id
            """, [.list(posts.map(\.rawValue))]
        ) { row in
            accounts[row.id(0), default: [:]][row.text(1)] = row.id(2)
            return true
        }
        return accounts
    }

    /// Adds the rows of a new post.
    static func insert(_ accounts: [ID<Account>], of post: ID<Post>) -> Statement {
        Statement(
            "INSERT INTO mentions (bucket, post_id, account_id) SELECT $1, $2, value FROM list($3)",
            [
                .integer(Int64(post.bucket)), .integer(post.rawValue),
                .list(Set(accounts).map(\.rawValue).sorted()),
            ])
    }

    /// Brings the rows of a post in line with its new text. Whom it named before stays named, though away for the moment.
    static func replace(_ entities: PostEntities, of post: ID<Post>, _ store: any SQLWriter) throws {
        let before = Set(try accountIDs(of: [post], store)[post] ?? [])
        try delete(of: post, store)
        var accounts = try accounts(named: entities.names, store)
        if !before.isEmpty {
            let known = try Self.accounts(named: entities.names, evenAway: true, store)
            accounts.merge(known.filter { before.contains($0.value) }) { first, _ in first }
        }
        guard !accounts.isEmpty else { return }
        let insert = insert(Array(accounts.values), of: post)
        try store.execute(insert.sql, insert.arguments)
    }

    static func delete(of post: ID<Post>, _ store: any SQLWriter) throws {
        try store.execute(
            "DELETE FROM mentions WHERE bucket = $1 AND post_id = $2",
            [.integer(Int64(post.bucket)), .integer(post.rawValue)])
    }

    /// Takes a deleted account out of posts that name it, and has them loaded anew.
    /// - Parameter limit: how many posts at most.
    /// - Returns: how many.
    static func delete(naming account: ID<Account>, limit: Int, _ store: any SQLWriter) throws -> Int {
        let naming = try store.query(
            "SELECT post_id FROM mentions WHERE account_id = $1 ORDER BY post_id LIMIT $2",
            [.integer(account.rawValue), .integer(Int64(limit))]
        ) { $0.int64(0) }
        guard !naming.isEmpty else { return 0 }
        try store.forEach(
            """
            SELECT p.id, p.author_id, p.position FROM list($1) AS wanted
            JOIN posts p ON p.bucket = ((wanted.value >> 12) & 1023) AND p.id = wanted.value WHERE p.state = 3
            """, [.list(naming)]
        ) { row in
            store.announce(.post(row.int64(0), author: row.int64(1), position: row.int64(2)))
            return true
        }
        return try store.execute(
            "DELETE FROM mentions WHERE account_id = $1 AND post_id IN (SELECT value FROM list($2))",
            [.integer(account.rawValue), .list(naming)])
    }
}
