import Accounts
import Core
import SQL

extension GraphSchema {
    /// - Parameter clock: for the events that tell of ended follows.
    package static func erasure(_ clock: WallClock) -> [ErasureStep] {
        [
            // Whoever is not followed any more leaves the lists, which the receipt would not count.
            .rows("list_members", key: "member_id"), .rows("lists", key: "list_id"),
            follows("following", other: "followee_id", of: "follower_id") { account, other, store in
                try GraphWrites.removeFollow(account, other, now: clock.now(), store)
            },
            follows("followers", other: "follower_id", of: "followee_id") { account, other, store in
                try GraphWrites.removeFollow(other, account, now: clock.now(), store)
            },
            related("follow_requests", "target_id", "requester_id"),
            related("follow_requests", "requester_id", "target_id"),
            related("blocks", "blocker_id", "blocked_id"), related("blocks", "blocked_id", "blocker_id"),
            related("mutes", "muter_id", "muted_id"), related("mutes", "muted_id", "muter_id"),
            related("close_friends", "account_id", "friend_id"), related("close_friends", "friend_id", "account_id"),
            .rows("muted_words", key: "word_id"),
        ]
    }

    private static func follows(
        _ table: String, other: String, of mine: String,
        remove: @escaping @Sendable (ID<Account>, ID<Account>, any SQLWriter) throws -> Void
    ) -> ErasureStep {
        ErasureStep([ErasedTable(table, where: "\(mine) = $1")]) { id, limit, store in
            let others = try store.query(
                "SELECT \(other) FROM \(table) WHERE \(mine) = $1 LIMIT $2",
                [.integer(id.rawValue), .integer(Int64(limit))]
            ) { $0.id(0, Account.self) }
            for other in others { try remove(id, other, store) }
            return [table: others.count]
        }
    }

    /// Rows between the account and another, who reads anew what stands between them.
    private static func related(_ table: String, _ mine: String, _ other: String) -> ErasureStep {
        ErasureStep([ErasedTable(table, where: "\(mine) = $1")]) { id, limit, store in
            let others = try store.query(
                "SELECT \(other) FROM \(table) WHERE \(mine) = $1 LIMIT $2",
                [.integer(id.rawValue), .integer(Int64(limit))]
            ) { $0.int64(0) }
            guard !others.isEmpty else { return [:] }
            let count = try store.execute(
                "DELETE FROM \(table) WHERE \(mine) = $1 AND \(other) IN (SELECT value FROM list($2))",
                [.integer(id.rawValue), .list(others)])
            for other in others { store.announce(.relationship(id.rawValue, other)) }
            return [table: count]
        }
    }
}
