import Accounts
import Core
import SQL

/// Takes an account out of the graph.
package enum GraphDeletion {
    package static func removeEverything(of account: ID<Account>, now: Int64, _ store: any SQLWriter) throws {
        let me: [SQLValue] = [.integer(account.rawValue)]
        let followees = try store.query(
            "SELECT followee_id FROM following WHERE follower_id = $1", me
        ) { $0.id(0, Account.self) }
        for followee in followees { try GraphWrites.removeFollow(account, followee, now: now, store) }
        let followers = try store.query(
            "SELECT follower_id FROM followers WHERE followee_id = $1", me
        ) { $0.id(0, Account.self) }
        for follower in followers { try GraphWrites.removeFollow(follower, account, now: now, store) }
        let others = try related(to: account, store)
        for statement in [
            "DELETE FROM follow_requests WHERE target_id = $1", "DELETE FROM follow_requests WHERE requester_id = $1",
            "DELETE FROM blocks WHERE blocker_id = $1", "DELETE FROM blocks WHERE blocked_id = $1",
            "DELETE FROM mutes WHERE muter_id = $1", "DELETE FROM mutes WHERE muted_id = $1",
            "DELETE FROM close_friends WHERE account_id = $1", "DELETE FROM close_friends WHERE friend_id = $1",
            "DELETE FROM muted_words WHERE account_id = $1", "DELETE FROM lists WHERE account_id = $1",
            "DELETE FROM list_members WHERE account_id = $1",
        ] { try store.execute(statement, me) }
        // Everyone who was related reads anew; the account itself has no reader left.
        for other in Set(followees + followers + others) {
            store.announce(.relationship(account.rawValue, other.rawValue))
        }
    }

    /// Who has the account on a list of theirs, and whom it has on its own.
    private static func related(to account: ID<Account>, _ store: any SQLReader) throws -> [ID<Account>] {
        try [
            ("follow_requests", "target_id", "requester_id"), ("blocks", "blocker_id", "blocked_id"),
            ("mutes", "muter_id", "muted_id"), ("close_friends", "account_id", "friend_id"),
        ].flatMap { table, one, other in
            try store.query(
                """
                SELECT \(one) FROM \(table) WHERE \(other) = $1
                UNION SELECT \(other) FROM \(table) WHERE \(one) = $1
                """, [.integer(account.rawValue)]
            ) { $0.id(0, Account.self) }
        }
    }
}
