import Accounts
import Core
import EventLog
import SQL

extension GraphService {
    /// Adds many follows between existing accounts in one transaction, with one event for all that were new.
    /// Restrictions are checked as for one; follows of private accounts are taken as accepted.
    /// - Returns: how many were new.
    package func importFollows(_ follows: [(follower: ID<Account>, followee: ID<Account>)]) async throws -> Int {
        var rows: [[SQLValue]] = []
        for follow in follows where follow.follower != follow.followee {
            rows.append([
                .integer(follow.follower.rawValue), .integer(follow.followee.rawValue),
                try await newID(follow.follower),
            ])
        }
        let prepared = rows
        let now = clock.now()
        return try await database.writeMuch { store in
            var added: [Int64] = []
            for row in prepared where try insert(row, store) {
                added.append(contentsOf: row.prefix(2).compactMap(\.int64))
            }
            guard !added.isEmpty else { return 0 }
            try Outbox.append(
                Event(.followsImported, key: 0, subject: 0, list: added, occurredAt: now), in: store)
            store.announce(.bulk)
            return added.count / 2
        }
    }

    private func insert(_ row: [SQLValue], _ store: any SQLWriter) throws -> Bool {
        let added = try store.execute(
            """
            INSERT INTO following (follower_id, followee_id, follow_id)
            SELECT $1, $2, $3
            WHERE NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = $1 AND blocked_id = $2)
                AND NOT EXISTS (SELECT 1 FROM blocks WHERE blocker_id = $2 AND blocked_id = $1)
            ON CONFLICT (follower_id, followee_id) DO NOTHING
            """, row)
        guard added == 1 else { return false }
        try store.execute("INSERT INTO followers (follower_id, followee_id, follow_id) VALUES ($1, $2, $3)", row)
        return true
    }
}
