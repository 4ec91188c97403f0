import Accounts
import Core
import Engagement
import Notifications
import SQL

/// How far the account has read.
struct MarkerSection: ExportSection {
    struct Item: Codable, Sendable {
        let list: String
        let lastReadId: ExportedID
        let version: Int64
        let updatedAt: ExportedTime
    }

    let name = "markers"
    let tables = ["markers"]

    func items(
        of account: ID<Account>, after key: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [(key: Int64, item: Item)] {
        try store.query(
            """
            SELECT list + 1, last_read_id, version, updated_at FROM markers WHERE account_id = $1 AND list + 1 > $2
            ORDER BY list LIMIT $3
            """, [.integer(account.rawValue), .integer(key), .integer(Int64(limit))]
        ) { row in
            (
                row.int64(0),
                Item(
                    list: MarkedList(rawValue: row.int64(0) - 1)?.name ?? "", lastReadId: row.exportedID(1),
                    version: row.int64(2), updatedAt: row.time(3))
            )
        }
    }

    func key(of item: Item) -> Int64? { list(of: item).map { $0.rawValue + 1 } }

    private func list(of item: Item) -> MarkedList? { MarkedList.allCases.first { $0.name == item.list } }

    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration {
        guard let list = list(of: item) else { throw ArchiveError("list is not as it must be") }
        guard (1...Int64(Int32.max)).contains(item.version) else {
            throw ArchiveError("version is not as it must be")
        }
        try restoring.requirePast(item.lastReadId.value)
        try restoring.requirePast(item.updatedAt, named: "updated_at")
        try restoring.store.execute(
            """
            INSERT INTO markers (account_id, list, last_read_id, version, updated_at) VALUES ($1, $2, $3, $4, $5)
            """,
            [
                .integer(restoring.account.rawValue), .integer(list.rawValue), .integer(item.lastReadId.value),
                .integer(item.version), .integer(item.updatedAt.milliseconds),
            ])
        return .restored
    }
}

/// What the account was told of: who did what, by ids. It is of what others did, so that it does not come back.
struct NotificationSection: ExportSection {
    struct Item: Codable, Sendable, DatedItem {
        let notificationId: ExportedID
        let kind: String
        /// Who did it, where somebody did.
        let userId: ExportedID?
        /// What they did it to.
        let postId: ExportedID?
        /// The comment or quote that they wrote.
        let writtenId: ExportedID?
        let createdAt: ExportedTime

        var datedBy: ExportedID { notificationId }
    }

    let name = "notifications"
    let tables = ["notifications"]

    func items(
        of account: ID<Account>, after key: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [(key: Int64, item: Item)] {
        try store.query(
            """
            SELECT notification_id, kind, actor_id, subject_id, object_id FROM notifications
            WHERE account_id = $1 AND notification_id > $2 AND is_live = 1 ORDER BY notification_id LIMIT $3
            """, [.integer(account.rawValue), .integer(key), .integer(Int64(limit))]
        ) { row in
            let kind = NotificationKind(rawValue: row.int64(1))
            let id = row.exportedID(0)
            return (
                row.int64(0),
                Item(
                    notificationId: id, kind: kind?.name ?? "other", userId: row.int64(2) > 0 ? row.exportedID(2) : nil,
                    postId: kind?.isAboutPost == true ? row.exportedID(3) : nil,
                    writtenId: kind?.isToldByPost == true ? row.exportedID(4) : nil, createdAt: ExportedTime(of: id))
            )
        }
    }

    func key(of item: Item) -> Int64? { item.notificationId.value }

    func other(in item: Item) -> Int64? { item.userId?.value }
}

/// Where the account is logged in.
struct SessionSection: ExportSection {
    struct Item: Codable, Sendable {
        let sessionId: ExportedID
        let client: String?
        let createdAt: ExportedTime
        let lastUsedAt: ExportedTime?
        let expiresAt: ExportedTime
        let endedAt: ExportedTime?
    }

    let name = "sessions"
    let tables = ["sessions"]

    func items(
        of account: ID<Account>, after key: Int64, limit: Int, _ store: any SQLReader
    ) throws -> [(key: Int64, item: Item)] {
        try store.query(
            """
            SELECT id, client, created_at, last_used_at, expires_at, revoked_at FROM sessions
            WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3
            """, [.integer(account.rawValue), .integer(key), .integer(Int64(limit))]
        ) { row in
            (
                row.int64(0),
                Item(
                    sessionId: row.exportedID(0), client: row.optionalText(1), createdAt: row.time(2),
                    lastUsedAt: row.optionalTime(3), expiresAt: row.time(4),
                    endedAt: row.optionalTime(5))
            )
        }
    }

    func key(of item: Item) -> Int64? { item.sessionId.value }

    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration { .passedOver }
}
