import Accounts
import Core
import Engagement
import Notifications
import SQL

/// How far the account has read.
struct MarkerSection: ExportSection {
    struct Item: Codable, Sendable {
        let list: String
        let lastRead: ExportedID
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
                    list: MarkedList(rawValue: row.int64(0) - 1)?.name ?? "", lastRead: row.exportedID(1),
                    version: row.int64(2), updatedAt: row.time(3))
            )
        }
    }

    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration {
        guard let list = MarkedList.allCases.first(where: { $0.name == item.list }),
            (1...Int64(Int32.max)).contains(item.version)
        else { throw ArchiveError("a marker is of no list") }
        try restoring.requirePast(item.lastRead.value)
        try restoring.store.execute(
            """
            INSERT INTO markers (account_id, list, last_read_id, version, updated_at) VALUES ($1, $2, $3, $4, $5)
            """,
            [
                .integer(restoring.account.rawValue), .integer(list.rawValue), .integer(item.lastRead.value),
                .integer(item.version), .integer(item.updatedAt.milliseconds),
            ])
        return .restored
    }
}

/// What the account was told of: who did what, by ids.
struct NotificationSection: ExportSection {
    struct Item: Codable, Sendable {
        let notification: ExportedID
        let kind: Int64
        let actor: ExportedID
        let subject: String
        let object: String
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
            (
                row.int64(0),
                Item(
                    notification: row.exportedID(0), kind: row.int64(1), actor: row.exportedID(2),
                    subject: String(row.int64(3)), object: String(row.int64(4)))
            )
        }
    }
}

/// Where the account is logged in.
struct SessionSection: ExportSection {
    struct Item: Codable, Sendable {
        let session: ExportedID
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
                    session: row.exportedID(0), client: row.optionalText(1), createdAt: row.time(2),
                    lastUsedAt: row.optionalInt64(3).map { ExportedTime($0) }, expiresAt: row.time(4),
                    endedAt: row.optionalInt64(5).map { ExportedTime($0) })
            )
        }
    }

    func restore(_ item: Item, in restoring: inout Restoring) throws -> Restoration { .passedOver }
}
