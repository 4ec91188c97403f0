import Accounts
import Core
import SQL
import SocialGraph

/// Accounts that stand in one relation to the account, by their public names.
struct AccountListSection: ExportSection {
    struct Item: Codable, Sendable {
        /// What orders the list: a snowflake, which tells when it came about.
        let row: ExportedID
        let user: ExportedID
        let username: String
    }

    /// What can be brought back; that others follow or ask is for them to say.
    enum Kind: Sendable {
        case follow
        case block
        case mute
        case closeFriend
        case others
    }

    let name: String
    let tables: [String]
    private let owner: String
    private let other: String
    private let key: String
    private let kind: Kind

    private init(
        _ name: String, _ table: String, owner: String, other: String, key: String, kind: Kind = .others
    ) {
        self.name = name
        tables = [table]
        self.owner = owner
        self.other = other
        self.key = key
        self.kind = kind
    }

    static let all: [any ExportSection] = [
        Self("following", "following", owner: "follower_id", other: "followee_id", key: "follow_id", kind: .follow),
        Self("followers", "followers", owner: "followee_id", other: "follower_id", key: "follow_id"),
        Self(
            "follow_requests_sent", "follow_requests", owner: "requester_id", other: "target_id", key: "request_id"),
        Self(
            "follow_requests_received", "follow_requests", owner: "target_id", other: "requester_id",
            key: "request_id"),
        Self("blocks", "blocks", owner: "blocker_id", other: "blocked_id", key: "block_id", kind: .block),
        Self("mutes", "mutes", owner: "muter_id", other: "muted_id", key: "mute_id", kind: .mute),
        Self(
            "close_friends", "close_friends", owner: "account_id", other: "friend_id", key: "added_id",
            kind: .closeFriend),
    ]

    func items(
        of account: ID<Account>, after key: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [(key: Int64, item: Item)] {
        try store.query(
            """
            SELECT t.\(self.key), t.\(other), u.username FROM \(tables[0]) t JOIN users u ON u.id = t.\(other)
            WHERE t.\(owner) = $1 AND t.\(self.key) > $2 ORDER BY t.\(self.key) LIMIT $3
            """, [.integer(account.rawValue), .integer(key), .integer(Int64(limit))]
        ) { ($0.int64(0), Item(row: $0.exportedID(0), user: $0.exportedID(1), username: $0.text(2))) }
    }

    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration {
        guard try isHere(item, restoring.store), item.user.id() != restoring.account else { return .kept }
        let pair = [SQLValue.integer(restoring.account.rawValue), .integer(item.user.value)]
        let row = SQLValue.integer(item.row.value)
        let wasRestored: Bool
        switch kind {
        case .follow: wasRestored = try GraphService.restoreFollow(pair, row: row, now: restoring.now, restoring.store)
        case .block: wasRestored = try GraphService.restoreBlock(pair, row: row, restoring.store)
        case .mute:
            wasRestored =
                try restoring.store.execute(
                    "INSERT INTO mutes (muter_id, muted_id, mute_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                    pair + [row]) == 1
        case .closeFriend: wasRestored = try GraphService.restoreCloseFriend(pair, row: row, restoring.store)
        case .others: wasRestored = false
        }
        return wasRestored ? .restored : .kept
    }

    /// Somebody else may have the name by now, or the id on another server.
    private func isHere(_ item: Item, _ store: any SQLReader) throws -> Bool {
        try store.first(
            "SELECT id FROM users WHERE id = $1 AND username = $2 AND state = 0",
            [.integer(item.user.value), .text(item.username)]
        ) { $0.int64(0) } != nil
    }
}
