import Core
import EventLog
import SQL

/// Writes facts and what follows from them: their groups, the bounds, and the event for whoever delivers notifications.
struct NotificationBook {
    typealias Group = NotificationFact.Group

    let store: any SQLWriter
    private let now: Int64
    /// The newest notification of each recipient.
    private var newest: [Int64: Int64] = [:]
    /// What has to be reckoned anew, with how many facts were not written because newer ones leave no room.
    private var touched: [Group: Int64] = [:]
    /// By group, the newest fact that is told for the first time.
    private var news: [Group: (id: Int64, fact: NotificationFact)] = [:]

    init(store: any SQLWriter, now: Int64) {
        self.store = store
        self.now = now
    }

    /// Adds facts, oldest first. One that is there already is not told again.
    /// - Parameter again: those that were so before the batch, and may be counted without being held.
    mutating func add(
        _ facts: [NotificationFact], to group: Group, again: Set<NotificationFact> = [],
        detail: (NotificationFact) -> Int64
    ) throws {
        // Those that are held or counted already are neither news nor in the way of what is.
        let fresh = try facts.filter { fact in
            guard again.contains(fact) else { return true }
            let isHeld = try revive(fact, detail: detail(fact))
            return try !(isHeld || countsMore(group))
        }
        let passed = max(0, fresh.count - Limits.notificationActorsMax)
        touched[group, default: 0] += Int64(passed)
        for fact in fresh.dropFirst(passed) {
            let id = try nextID(for: group.recipient)
            let row = try store.execute(
                """
                INSERT INTO notifications (account_id, kind, subject_id, actor_id, object_id, notification_id, detail)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                ON CONFLICT (account_id, kind, subject_id, actor_id, object_id) DO NOTHING
                """, fact.key + [.integer(id), .integer(detail(fact))])
            if row == 1 { news[group] = (id, fact) } else { _ = try revive(fact, detail: detail(fact)) }
        }
    }

    /// What was taken back and is so again has its old place: taking back and doing again tells nobody twice.
    /// - Returns: whether there is a row of it.
    private func revive(_ fact: NotificationFact, detail: Int64) throws -> Bool {
        try store.execute(
            """
            UPDATE notifications SET is_live = 1, detail = $6
            WHERE account_id = $1 AND kind = $2 AND subject_id = $3 AND actor_id = $4 AND object_id = $5
            """, fact.key + [.integer(detail)]) > 0
    }

    /// Whether a group has facts that it counts without holding them.
    private func countsMore(_ group: Group) throws -> Bool {
        try store.integer(
            """
            SELECT count(*) FROM notification_groups
            WHERE account_id = $1 AND kind = $2 AND subject_id = $3 AND beyond > 0
            """, group.key) > 0
    }

    /// Gives a fact another detail, where it is told.
    func change(_ fact: NotificationFact, detail: Int64) throws {
        try store.execute(
            """
            UPDATE notifications SET detail = $6
            WHERE account_id = $1 AND kind = $2 AND subject_id = $3 AND actor_id = $4 AND object_id = $5 AND is_live = 1
            """, fact.key + [.integer(detail)])
    }

    /// - Returns: whether there is a row of it. If not, it may be one of those that gave way to newer ones: see `discount`.
    @discardableResult
    mutating func takeBack(_ fact: NotificationFact) throws -> Bool {
        let found = try store.execute(
            """
            UPDATE notifications SET is_live = 0
            WHERE account_id = $1 AND kind = $2 AND subject_id = $3 AND actor_id = $4 AND object_id = $5 AND is_live = 1
            """, fact.key)
        touched[fact.group, default: 0] += 0
        guard found == 0 else { return true }
        return try store.integer(
            """
            SELECT count(*) FROM notifications
            WHERE account_id = $1 AND kind = $2 AND subject_id = $3 AND actor_id = $4 AND object_id = $5
            """, fact.key) > 0
    }

    /// Counts one fact less of those that a group counts without holding them.
    mutating func discount(_ fact: NotificationFact) {
        touched[fact.group, default: 0] -= 1
    }

    mutating func carryOut(_ withdrawal: NotificationDraft.Withdrawal) throws {
        switch withdrawal {
        case .kind(let kind, let recipient, let actor):
            try touch(
                "UPDATE notifications SET is_live = 0 WHERE account_id = $1 AND actor_id = $2 AND kind = $3 AND is_live = 1",
                [.integer(recipient), .integer(actor), .integer(kind.rawValue)])
        case .post(let post, let author):
            try touch(
                "DELETE FROM notifications WHERE actor_id = $1 AND object_id = $2", [.integer(author), .integer(post)])
            try forget("account_id = $1 AND subject_id = $2", [.integer(author), .integer(post)])
        case .formerMentions(let post, let author):
            try touch(
                """
                UPDATE notifications SET is_live = 0
                WHERE actor_id = $1 AND object_id = $2 AND kind = $3 AND is_live = 1 AND NOT EXISTS (
                    SELECT 1 FROM mentions m WHERE m.bucket = $4 AND m.post_id = $2 AND m.account_id = notifications.account_id)
                """,
                [
                    .integer(author), .integer(post), .integer(NotificationKind.mention.rawValue),
                    .integer(Int64(Snowflake(rawValue: post).bucket)),
                ])
        case .rejection(let planned, let author):
            try forget(
                "account_id = $1 AND kind = $2 AND subject_id = $3",
                [.integer(author), .integer(NotificationKind.postRejected.rawValue), .integer(planned)])
        case .between(let recipient, let actor):
            try touch(
                "UPDATE notifications SET is_live = 0 WHERE account_id = $1 AND actor_id = $2 AND is_live = 1",
                [.integer(recipient), .integer(actor)])
        case .account(let account):
            try touch("DELETE FROM notifications WHERE actor_id = $1", [.integer(account)])
            try forget("account_id = $1", [.integer(account)])
        }
    }

    /// Reckons the groups anew, keeps to the bounds, and says what is new.
    mutating func close() throws {
        var grown: Set<Int64> = []
        for (group, passed) in touched.sorted(by: { $0.key < $1.key }) where try settle(group, passed: passed) {
            grown.insert(group.recipient)
        }
        for recipient in grown.sorted() { try trim(recipient) }
        for (group, new) in news.sorted(by: { $0.key < $1.key }) {
            try Outbox.append(
                Event(
                    .notified, key: group.recipient, subject: new.id, object: new.fact.actor,
                    flags: group.kind.rawValue, list: [group.subject, new.fact.object], occurredAt: now), in: store)
            store.announce(
                .notified(account: group.recipient, notification: new.id, kind: group.kind.rawValue))
        }
    }

    /// Snowflakes, but for one account only: ids are above all that the account has.
    private mutating func nextID(for recipient: Int64) throws -> Int64 {
        let last =
            try newest[recipient]
            ?? store.integer(
                "SELECT max(newest_id) FROM notification_groups WHERE account_id = $1", [.integer(recipient)])
        let time = Snowflake(unixMilliseconds: now, bucket: Snowflake(rawValue: recipient).bucket, low: 0).rawValue
        let id = max(last &+ 1, time)
        newest[recipient] = id
        return id
    }

    /// Runs a statement that ends facts, and notes their groups.
    private mutating func touch(_ sql: String, _ arguments: [SQLValue]) throws {
        let groups = try store.query(sql + " RETURNING account_id, kind, subject_id", arguments) { row in
            NotificationKind(rawValue: row.int64(1)).map {
                Group(recipient: row.int64(0), kind: $0, subject: row.int64(2))
            }
        }
        for case let group? in groups { touched[group, default: 0] += 0 }
    }

    /// Forgets groups with all that is in them.
    private mutating func forget(_ condition: String, _ arguments: [SQLValue]) throws {
        try store.execute("DELETE FROM notifications WHERE \(condition)", arguments)
        try store.execute("DELETE FROM notification_groups WHERE \(condition)", arguments)
    }
}

extension NotificationFact.Group {
    var key: [SQLValue] { [.integer(recipient), .integer(kind.rawValue), .integer(subject)] }
}

extension NotificationFact {
    var key: [SQLValue] {
        [
            .integer(group.recipient), .integer(group.kind.rawValue), .integer(group.subject), .integer(actor),
            .integer(object),
        ]
    }
}
