import Accounts
import Core
import SQL
import SocialGraph

/// The account's lists.
struct ListSection: ExportSection {
    struct Item: Codable, Sendable, DatedItem {
        let listId: ExportedID
        let title: String
        let exclusive: Bool
        let replies: String
        let createdAt: ExportedTime

        var datedBy: ExportedID { listId }
    }

    let name = "lists"
    let tables = ["lists"]

    func items(
        of account: ID<Account>, after key: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [(key: Int64, item: Item)] {
        try store.query(
            """
            SELECT list_id, title, is_exclusive, replies FROM lists WHERE account_id = $1 AND list_id > $2
            ORDER BY list_id LIMIT $3
            """, [.integer(account.rawValue), .integer(key), .integer(Int64(limit))]
        ) { row in
            let id = row.exportedID(0)
            return (
                row.int64(0),
                Item(
                    listId: id, title: row.text(1), exclusive: row.flag(2),
                    replies: (ListedReplies(rawValue: row.int64(3)) ?? .followed).name,
                    createdAt: ExportedTime(of: id))
            )
        }
    }

    func key(of item: Item) -> Int64? { item.listId.value }

    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration {
        guard let replies = ListedReplies(name: item.replies) else {
            throw ArchiveError("replies is not as it must be")
        }
        try GraphService.restoreList(
            item.listId.id(), ListChanges(title: item.title, isExclusive: item.exclusive, replies: replies),
            of: restoring.account, restoring.store)
        return .restored
    }
}

/// Who is on the account's lists.
struct ListMemberSection: ExportSection {
    struct Item: Codable, Sendable, DatedItem {
        let membershipId: ExportedID
        let listId: ExportedID
        let userId: ExportedID
        let username: String
        let createdAt: ExportedTime

        var datedBy: ExportedID { membershipId }
    }

    let name = "list_members"
    let tables = ["list_members"]

    func items(
        of account: ID<Account>, after key: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [(key: Int64, item: Item)] {
        try store.query(
            """
            SELECT m.membership_id, m.list_id, m.member_id, u.username FROM list_members m
            JOIN users u ON u.id = m.member_id
            WHERE m.account_id = $1 AND m.membership_id > $2 ORDER BY m.membership_id LIMIT $3
            """, [.integer(account.rawValue), .integer(key), .integer(Int64(limit))]
        ) { row in
            let id = row.exportedID(0)
            return (
                row.int64(0),
                Item(
                    membershipId: id, listId: row.exportedID(1), userId: row.exportedID(2), username: row.text(3),
                    createdAt: ExportedTime(of: id))
            )
        }
    }

    func key(of item: Item) -> Int64? { item.membershipId.value }

    func other(in item: Item) -> Int64? { item.userId.value }

    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration {
        let wasRestored =
            try restoring.isHere(item.userId, named: item.username)
            && GraphService.restoreMember(
                item.userId.id(), row: item.membershipId.value, on: item.listId.id(), of: restoring.account,
                restoring.store)
        return wasRestored ? .restored : .kept
    }
}

/// What the account does not want to read.
struct MutedWordSection: ExportSection {
    struct Item: Codable, Sendable, DatedItem {
        let mutedWordId: ExportedID
        let phrase: String
        let scopes: [String]
        let expiresAt: ExportedTime?
        let createdAt: ExportedTime

        var datedBy: ExportedID { mutedWordId }
    }

    let name = "muted_words"
    let tables = ["muted_words"]

    func items(
        of account: ID<Account>, after key: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [(key: Int64, item: Item)] {
        try store.query(
            """
            SELECT word_id, phrase, scopes, expires_at FROM muted_words WHERE account_id = $1 AND word_id > $2
            ORDER BY word_id LIMIT $3
            """, [.integer(account.rawValue), .integer(key), .integer(Int64(limit))]
        ) { row in
            let id = row.exportedID(0)
            return (
                row.int64(0),
                Item(
                    mutedWordId: id, phrase: row.text(1), scopes: MutingScopes(rawValue: row.int64(2)).names,
                    expiresAt: row.optionalTime(3), createdAt: ExportedTime(of: id))
            )
        }
    }

    func key(of item: Item) -> Int64? { item.mutedWordId.value }

    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration {
        let scopes = item.scopes.compactMap { MutingScopes(name: $0) }.reduce(into: MutingScopes()) { $0.formUnion($1) }
        guard scopes.names == item.scopes else { throw ArchiveError("scopes is not as it must be") }
        try GraphService.restore(
            MutedWord(
                id: item.mutedWordId.value, phrase: item.phrase, scopes: scopes,
                expiresAt: item.expiresAt?.milliseconds),
            of: restoring.account, restoring.store)
        return .restored
    }
}
