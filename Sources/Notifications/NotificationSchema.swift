import SQL

/// The tables this feature owns; both lie with the account that is told.
package enum NotificationSchema {
    package static let migrations = [notifications, withoutRecency]

    /// A fact is a row of `notifications`, with `is_live` 0 where it was taken back. A group's `newest_id` is that of its newest
    /// live fact, 0 where there is none, and `beyond` counts facts that are not kept any more.
    private static let notifications = Migration("0031-notifications") { dialect in
        let table = dialect == .sqlite ? "WITHOUT ROWID" : dialect.partitioned(by: "account_id")
        return [
            """
            CREATE TABLE notifications (
                account_id BIGINT NOT NULL, kind SMALLINT NOT NULL, subject_id BIGINT NOT NULL, actor_id BIGINT NOT NULL,
                object_id BIGINT NOT NULL, notification_id BIGINT NOT NULL, detail BIGINT NOT NULL,
                is_live SMALLINT NOT NULL DEFAULT 1 CHECK (is_live IN (0, 1)),
                PRIMARY KEY (account_id, kind, subject_id, actor_id, object_id)) \(table)
            """,
            "CREATE INDEX notifications_by_recency ON notifications (account_id, kind, subject_id, notification_id, is_live)",
            "CREATE INDEX notifications_by_actor ON notifications (actor_id, object_id, account_id)",
            """
            CREATE TABLE notification_groups (
                account_id BIGINT NOT NULL, kind SMALLINT NOT NULL, subject_id BIGINT NOT NULL, newest_id BIGINT NOT NULL,
                beyond BIGINT NOT NULL, PRIMARY KEY (account_id, kind, subject_id)) \(table)
            """,
            "CREATE INDEX notification_groups_by_recency ON notification_groups (account_id, newest_id, kind)",
        ] + dialect.partitions(of: "notifications") + dialect.partitions(of: "notification_groups")
    }

    /// A group holds so few facts that they are sorted where they are read, and an index more would cost each of them a page.
    private static let withoutRecency = Migration("0091-notifications-without-recency") { _ in
        ["DROP INDEX notifications_by_recency"]
    }
}
