import Accounts
import Core
import SQL
import SocialGraph

/// Accounts that stand in one relation to the account, by their public names.
struct AccountListSection: ExportSection {
    struct Item: Codable, Sendable, DatedItem {
        /// What orders the list.
        let id: ExportedID
        let userId: ExportedID
        let username: String
        let createdAt: ExportedTime

        var datedBy: ExportedID { id }
    }

    /// What can be brought back; that others ask is for them to say.
    enum Kind: Sendable {
        case follow
        case follower
        case request
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
        Self("followers", "followers", owner: "followee_id", other: "follower_id", key: "follow_id", kind: .follower),
        Self(
            "follow_requests_sent", "follow_requests", owner: "requester_id", other: "target_id", key: "request_id",
            kind: .request),
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
        ) { row in
            let id = row.exportedID(0)
            return (
                row.int64(0),
                Item(id: id, userId: row.exportedID(1), username: row.text(2), createdAt: ExportedTime(of: id))
            )
        }
    }

    func key(of item: Item) -> Int64? { item.id.value }

    func other(in item: Item) -> Int64? { item.userId.value }

    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration {
        guard item.userId.id() != restoring.account else { throw ArchiveError("user_id is the account's own") }
        guard try restoring.isHere(item.userId, named: item.username) else { return .kept }
        let (store, pair) = (restoring.store, [.integer(restoring.account.rawValue), item.userId.sql])
        let wasRestored: Bool
        switch kind {
        case .follow: return try follow(item, pair, in: restoring)
        case .follower: return try beFollowed(item, Array(pair.reversed()), in: restoring)
        case .request: wasRestored = try GraphService.restoreRequest(pair, row: item.id.sql, store)
        case .block: wasRestored = try GraphService.restoreBlock(pair, row: item.id.sql, store)
        case .mute: wasRestored = try GraphService.restoreMute(pair, row: item.id.sql, store)
        case .closeFriend: wasRestored = try GraphService.restoreCloseFriend(pair, row: item.id.sql, store)
        // They are here, and their own archive or their own doing says it.
        case .others: return .passedOver
        }
        return wasRestored ? .restored : .kept
    }

    /// A private account agrees where its own archive says so.
    private func follow(_ item: Item, _ pair: [SQLValue], in restoring: Restoring) throws -> Restoration {
        let store = restoring.store
        guard try !GraphService.isFollowing(pair, store) else { return .passedOver }
        let isAgreed = try KeptItems.tell("followers", of: item.userId, about: restoring.account, store)
        let isRestored = try GraphService.restoreFollow(
            pair, row: item.id.sql, isAgreed: isAgreed, now: restoring.now, store)
        return isRestored ? .restored : .kept
    }

    /// Others follow where their own archive says so: this one only agrees.
    private func beFollowed(_ item: Item, _ pair: [SQLValue], in restoring: Restoring) throws -> Restoration {
        let store = restoring.store
        guard try KeptItems.tell("following", of: item.userId, about: restoring.account, store),
            try !GraphService.isFollowing(pair, store),
            try GraphService.restoreFollow(pair, row: item.id.sql, isAgreed: true, now: restoring.now, store)
        else { return .passedOver }
        return .restored
    }
}
