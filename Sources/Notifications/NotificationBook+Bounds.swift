import Core
import SQL

extension NotificationBook {
    /// - Parameter passed: how many facts more, or fewer, the group counts without holding them.
    /// - Returns: whether the group is new.
    func settle(_ group: Group, passed: Int64) throws -> Bool {
        let key: [SQLValue] = group.key
        var (count, newest) =
            try store.first(
                """
                SELECT count(*), coalesce(max(notification_id * is_live), 0) FROM notifications
                WHERE account_id = $1 AND kind = $2 AND subject_id = $3
                """, key
            ) { ($0.int64(0), $0.int64(1)) } ?? (0, 0)
        var beyond = passed
        if count > Limits.notificationActorsMax {
            let surplus = try dropSurplus(of: key)
            beyond += surplus.live
            if newest <= surplus.newest { newest = 0 }
        }
        let known = try store.execute(
            """
            UPDATE notification_groups SET newest_id = $4,
                beyond = CASE WHEN beyond + $5 > 0 THEN beyond + $5 ELSE 0 END
            WHERE account_id = $1 AND kind = $2 AND subject_id = $3
            """, key + [.integer(newest), .integer(beyond)])
        guard known == 0, newest > 0 else { return false }
        try store.execute(
            """
            INSERT INTO notification_groups (account_id, kind, subject_id, newest_id, beyond)
            VALUES ($1, $2, $3, $4, $5)
            """, key + [.integer(newest), .integer(max(0, beyond))])
        return true
    }

    /// Lets the oldest facts of a group go that holds more than it may.
    /// - Returns: the newest of them, and how many of them were live.
    private func dropSurplus(of key: [SQLValue]) throws -> (newest: Int64, live: Int64) {
        let surplus = try store.query(
            """
            SELECT notification_id, is_live FROM notifications WHERE account_id = $1 AND kind = $2 AND subject_id = $3
            ORDER BY notification_id DESC LIMIT 1000 OFFSET $4
            """, key + [.integer(Int64(Limits.notificationActorsMax))]
        ) { (id: $0.int64(0), isLive: $0.flag(1)) }
        guard let newest = surplus.first?.id else { return (0, 0) }
        try store.execute(
            """
            DELETE FROM notifications
            WHERE account_id = $1 AND kind = $2 AND subject_id = $3 AND notification_id <= $4
            """, key + [.integer(newest)])
        return (newest, Int64(surplus.count { $0.isLive }))
    }

    /// Lets the oldest groups of an account go that has more than it may.
    func trim(_ recipient: Int64) throws {
        let surplus = try store.query(
            """
            SELECT kind, subject_id FROM notification_groups WHERE account_id = $1
            ORDER BY newest_id DESC LIMIT 1000 OFFSET $2
            """, [.integer(recipient), .integer(Int64(Limits.notificationGroupsMax))]
        ) { (kind: $0.int64(0), subject: $0.int64(1)) }
        for group in surplus {
            for table in ["notifications", "notification_groups"] {
                try store.execute(
                    "DELETE FROM \(table) WHERE account_id = $1 AND kind = $2 AND subject_id = $3",
                    [.integer(recipient), .integer(group.kind), .integer(group.subject)])
            }
        }
    }
}

extension Limits {
    /// Facts that a group holds; of older ones it only keeps the number.
    package static let notificationActorsMax = 100
    /// Groups that an account has; older ones are forgotten.
    package static let notificationGroupsMax = 500
}
