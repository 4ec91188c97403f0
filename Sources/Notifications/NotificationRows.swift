import Accounts
import Core
import SQL

/// Reads of the notifications' tables.
enum NotificationRows {
    struct Fact: Sendable {
        let actor: ID<Account>
        let object: Int64
        let detail: Int64
        /// Its notification's.
        let id: Int64
    }

    /// A group with its live facts, the newest first.
    struct Group: Sendable {
        let id: Int64
        let kind: NotificationKind
        let subject: Int64
        /// Facts that are counted and not kept.
        let beyond: Int64
        var facts: [Fact] = []
    }

    /// Groups whose newest fact lies in `(after, before)`, the newest first. Kinds that this binary does not know are left out.
    static func groups(
        of account: ID<Account>, kind: NotificationKind?, before: Int64, after: Int64, limit: Int,
        _ store: any SQLReader
    ) throws -> [Group] {
        let found = try store.query(
            """
            SELECT newest_id, kind, subject_id, beyond FROM notification_groups
            WHERE account_id = $1 AND newest_id < $2 AND newest_id > $3 AND (kind = $4 OR $4 = 0)
            ORDER BY newest_id DESC LIMIT $5
            """,
            [
                .integer(account.rawValue), .integer(before), .integer(max(0, after)), .integer(kind?.rawValue ?? 0),
                .integer(Int64(limit)),
            ]
        ) { row in
            NotificationKind(rawValue: row.int64(1)).map {
                Group(id: row.int64(0), kind: $0, subject: row.int64(2), beyond: row.int64(3))
            }
        }.compactMap(\.self)
        guard !found.isEmpty else { return [] }
        var facts: [Int64: [Fact]] = [:]
        try store.forEach(
            """
            SELECT g.newest_id, n.actor_id, n.object_id, n.detail, n.notification_id FROM list($2) AS wanted
            JOIN notification_groups g ON g.account_id = $1 AND g.newest_id = wanted.value
            JOIN notifications n ON n.account_id = $1 AND n.kind = g.kind AND n.subject_id = g.subject_id
            WHERE n.is_live = 1 ORDER BY n.notification_id DESC
            """, [.integer(account.rawValue), .list(found.map(\.id))]
        ) { row in
            facts[row.int64(0), default: []].append(
                Fact(actor: row.id(1), object: row.int64(2), detail: row.int64(3), id: row.int64(4)))
            return true
        }
        return found.map { group in
            var group = group
            group.facts = facts[group.id] ?? []
            return group
        }
    }
}
